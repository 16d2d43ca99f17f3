//! Every operation, lane by lane, against scalars: the contract of the intrinsics and of their emulation.

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Values at which float32 is peculiar, and some between them.
const FLOATS: [f32; 20] = [
    0.0,
    -0.0,
    0.5,
    -0.5,
    1.0,
    1.5,
    -2.5,
    2.4,
    -126.0,
    127.0,
    1e-40,
    f32::MIN_POSITIVE,
    f32::EPSILON,
    8_388_609.0,
    3e9,
    f32::MAX,
    f32::MIN,
    f32::INFINITY,
    f32::NEG_INFINITY,
    f32::NAN,
];

/// The same float32, where any NaN is as good as any other.
fn is_same(a: f32, b: f32) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

fn assert_lanes(got: F32x4, expected: [f32; LANES], what: &str) {
    let got = got.to_array();
    assert!((0..LANES).all(|lane| is_same(got[lane], expected[lane])), "{what}: got {got:?}, expected {expected:?}");
}

/// Calls back with every pair of values, in every lane.
fn for_pairs(mut check: impl FnMut([f32; LANES], [f32; LANES])) {
    for shift in (0..FLOATS.len()).step_by(if cfg!(miri) { 7 } else { 1 }) {
        for start in 0..FLOATS.len() {
            let at = |offset: usize| core::array::from_fn(|lane| FLOATS[(start + offset + lane) % FLOATS.len()]);
            check(at(0), at(shift));
        }
    }
}

fn each(operation: impl Fn(f32, f32) -> f32, a: [f32; LANES], b: [f32; LANES]) -> [f32; LANES] {
    core::array::from_fn(|lane| operation(a[lane], b[lane]))
}

#[test]
fn arithmetic_rounds_every_lane_as_scalars_do() {
    for_pairs(|a, b| {
        let (x, y) = (F32x4::from_array(a), F32x4::from_array(b));
        let what = format!("{a:?} {b:?}");
        assert_lanes(x + y, each(|a, b| a + b, a, b), &what);
        assert_lanes(x - y, each(|a, b| a - b, a, b), &what);
        assert_lanes(x * y, each(|a, b| a * b, a, b), &what);
        assert_lanes(x / y, each(|a, b| a / b, a, b), &what);
        assert_lanes(x.abs(), a.map(f32::abs), &what);
        assert_lanes(x.nearest(), a.map(f32::round_ties_even), &what);
    });
}

#[test]
fn maximum_keeps_its_first_argument_where_either_is_not_a_number() {
    for_pairs(|a, b| {
        let maximum = each(|a, b| if a < b { b } else { a }, a, b);
        assert_lanes(F32x4::from_array(a).maximum(F32x4::from_array(b)), maximum, &format!("{a:?} {b:?}"));
    });
}

#[test]
fn where_less_chooses_lane_by_lane() {
    for_pairs(|a, b| {
        let (x, y) = (F32x4::from_array(a), F32x4::from_array(b));
        let chosen = each(|a, b| if a < b { 1.0 } else { 2.0 }, a, b);
        assert_lanes(F32x4::splat(1.0).where_less(x, y, F32x4::splat(2.0)), chosen, &format!("{a:?} {b:?}"));
    });
}

#[test]
fn splat_load_and_store_keep_every_bit() {
    for value in FLOATS {
        assert_lanes(F32x4::splat(value), [value; LANES], "splat");
        assert_lanes(F32x4::load_splat(&value), [value; LANES], "load_splat");
    }
    let lanes = [1.0, f32::NAN, -0.0, 1e-40];
    let mut stored = [0.0; LANES];
    F32x4::load(&lanes).store(&mut stored);
    assert_eq!(stored.map(f32::to_bits), lanes.map(f32::to_bits));
}

#[test]
fn exp2_integer_gives_every_power_of_two_that_is_normal() {
    for exponent in -126..=127 {
        let power = F32x4::splat(exponent as f32).exp2_integer();
        assert_lanes(power, [libm::exp2f(exponent as f32); LANES], "power");
    }
}

#[test]
fn split_exponent_splits_every_positive_normal_number() {
    for bits in (0x0080_0000..0x7f80_0000_u32)
        .step_by(if cfg!(miri) { 9_999_991 } else { 99_991 })
        .chain([SQRT_HALF_BITS - 1, SQRT_HALF_BITS])
    {
        let value = f32::from_bits(bits);
        let (mantissa, exponent) = F32x4::splat(value).split_exponent();
        let (mantissa, exponent) = (mantissa.to_array()[0], exponent.to_array()[0]);
        assert!((f32::from_bits(SQRT_HALF_BITS)..2.0 * f32::from_bits(SQRT_HALF_BITS)).contains(&mantissa));
        assert_eq!(f64::from(mantissa) * libm::exp2(f64::from(exponent)), f64::from(value));
    }
}

#[test]
fn zips_and_sums_put_lanes_where_they_say() {
    let [a, b] = [[1.0, 2.0, 3.0, 4.0], [10.0, 20.0, 30.0, 40.0]].map(F32x4::from_array);
    assert_eq!(a.zip_low(b).to_array(), [1.0, 10.0, 2.0, 20.0]);
    assert_eq!(a.zip_high(b).to_array(), [3.0, 30.0, 4.0, 40.0]);
    let vectors = [a, b, F32x4::splat(5.0), F32x4::from_array([-1.0, 1.0, -2.0, 2.0])];
    assert_eq!(F32x4::sums(vectors).to_array(), [10.0, 100.0, 20.0, 0.0]);
    assert_eq!(a.largest_lane(), 4.0);
    // The order of the sum shows where float32 rounds.
    let uneven = [1.0, 2e8, 3.0, -2e8];
    let expected = (uneven[0] + uneven[2]) + (uneven[1] + uneven[3]);
    assert_eq!(F32x4::from_array(uneven).sum(), expected);
    assert_eq!(F32x4::sums([F32x4::from_array(uneven); 4]).to_array(), [expected; 4]);
}

#[test]
fn bytes_are_widened_in_their_order() {
    let bytes: [u8; 16] = core::array::from_fn(|index| 255 - 16 * index as u8);
    let widened = F32x4::widen(&bytes).map(F32x4::to_array);
    assert_eq!(*widened.as_flattened(), bytes.map(f32::from));
    let (eights, _) = bytes.as_chunks::<8>();
    let mut integers = [0; 8];
    I16x8::widen(&eights[1]).store(&mut integers);
    assert_eq!(integers, eights[1].map(i16::from));
}

#[test]
fn bytes_of_two_rows_take_turns() {
    let [a, b] = [0_u8, 16].map(|first| core::array::from_fn(|index| first + index as u8));
    let mut target = [0; 32];
    interleave(&a, &b, &mut target);
    assert!((0..16).all(|index| target[2 * index..][..2] == [a[index], b[index]]));
}

#[test]
fn rounding_to_int16_takes_halves_to_even_and_saturates() {
    let low = F32x4::from_array([0.5, 1.5, -2.5, 32_767.4]);
    let high = F32x4::from_array([4e4, -4e4, f32::NAN, f32::NEG_INFINITY]);
    let mut lanes = [0; 8];
    I16x8::round(low, high).store(&mut lanes);
    assert_eq!(lanes, [0, 2, -2, 32_767, i16::MAX, i16::MIN, 0, i16::MIN]);
    I16x8::load(&[0, 1, 2, 3, 4, 5, 6, 7]).zip_pairs().store(&mut lanes);
    assert_eq!(lanes, [0, 1, 4, 5, 2, 3, 6, 7]);
    I16x8::splat_pair(&[-1, 7]).store(&mut lanes);
    assert_eq!(lanes, [-1, 7, -1, 7, -1, 7, -1, 7]);
}

#[test]
fn dot_sums_products_of_neighbours_in_int32() {
    let a = [1, 2, -3, 4, 32_767, 32_767, -32_768, 255];
    let b = [5, 6, 7, -8, 32_767, 32_767, 32_767, -255];
    let product = |index: usize| i32::from(a[index]) * i32::from(b[index]);
    let expected = [0, 2, 4, 6].map(|index| product(index) + product(index + 1));
    let sums = I16x8::load(&a).dot(I16x8::load(&b));
    assert_eq!((sums + I32x4::zero()).to_array(), expected);
    assert_eq!(sums.to_f32().to_array(), expected.map(|sum| sum as f32));
}

#[test]
fn scaled_sums_are_exact_until_the_last_rounding() {
    let a = [i16::MAX; 8];
    let b = [1, -1, 7, 11, 32_767, 32_767, 32_766, 32_767];
    let vectors = [(a, a), (a, b), (b, b), (b, a)].map(|(a, b)| I16x8::load(&a).dot(I16x8::load(&b)));
    let (factor, offset) = (1.0 / 3e7, -0.1);
    let expected = vectors.map(|vector| {
        let sum: i64 = vector.to_array().into_iter().map(i64::from).sum();
        (sum as f64 * factor + offset) as f32
    });
    assert_eq!(I32x4::scaled_sums(vectors, factor, offset).to_array(), expected);
}

#[test]
fn map_changes_every_value_of_whole_vectors_and_of_the_rest() {
    for length in 0..10 {
        let others: Vec<f32> = (0..length + 3).map(|index| index as f32).collect();
        let mut target = vec![1.0; length];
        map(&mut target, [&others], |value, [other]| value + other);
        assert!(target.iter().enumerate().all(|(index, &value)| value == index as f32 + 1.0));
    }
}

//! Vectors of 128 bits: SIMD128 in WebAssembly, arrays natively. Both round every operation alike.

#[cfg(not(target_arch = "wasm32"))]
#[path = "simd/native.rs"]
mod lanes;
#[cfg(target_arch = "wasm32")]
#[path = "simd/wasm.rs"]
mod lanes;

pub use lanes::{F32x4, I16x8, I32x4, interleave_bytes, sqrt};

use crate::checked::Checked;

/// Lanes of a vector of float32 or int32.
pub const LANES: usize = 4;

impl F32x4 {
    /// The sums of four vectors as the lanes of one, each summed as (l₀ + l₂) + (l₁ + l₃).
    #[inline(always)]
    pub fn sums([a, b, c, d]: [F32x4; 4]) -> F32x4 {
        let ab = a.zip_low(b).add(a.zip_high(b));
        let cd = c.zip_low(d).add(c.zip_high(d));
        ab.join_low(cd).add(ab.join_high(cd))
    }

    /// What is left of values behind whole vectors, and zeros.
    #[inline(never)]
    fn load_rest(values: &[f32]) -> F32x4 {
        let mut lanes = [0.0; LANES];
        let rest = values.at(values.len() / LANES * LANES..);
        lanes.iter_mut().zip(rest).for_each(|(lane, &value)| *lane = value);
        F32x4::from_array(lanes)
    }

    /// Replaces what is left of values behind whole vectors.
    #[inline(never)]
    fn store_rest(self, values: &mut [f32]) {
        let whole = values.len() / LANES * LANES;
        values.at_mut(whole..).iter_mut().zip(self.to_array()).for_each(|(value, lane)| *value = lane);
    }

    /// The largest of the lanes.
    pub fn largest_lane(self) -> f32 {
        self.to_array().into_iter().fold(f32::NEG_INFINITY, f32::max)
    }
}

/// Replaces the values of `target` by what `compute` makes of them and of as many others.
#[inline(always)]
pub fn map<const N: usize>(target: &mut [f32], others: [&[f32]; N], compute: impl Fn(F32x4, [F32x4; N]) -> F32x4) {
    let whole = target.len() / LANES * LANES;
    let others = others.map(|values| values.at(..target.len()));
    let mut place = 0;
    while place < whole {
        // SAFETY: a vector begins here in all of them.
        unsafe {
            let target = target.as_mut_ptr().add(place);
            compute(F32x4::load(target), others.map(|values| F32x4::load(values.as_ptr().add(place)))).store(target);
        }
        place += LANES;
    }
    if whole < target.len() {
        let value = compute(F32x4::load_rest(target), others.map(F32x4::load_rest));
        value.store_rest(target);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn sums_puts_the_sum_of_each_vector_into_its_own_lane() {
        let vectors = [[1.0, 2.0, 3.0, 4.0], [10.0, 20.0, 30.0, 40.0], [5.0; 4], [-1.0, 1.0, -2.0, 2.0]];
        assert_eq!(F32x4::sums(vectors.map(F32x4::from_array)).to_array(), [10.0, 100.0, 20.0, 0.0]);
    }

    #[test]
    fn maximum_keeps_its_first_argument_when_that_is_not_a_number() {
        let lanes = F32x4::splat(f32::NAN).maximum(F32x4::splat(1.0)).to_array();
        assert!(lanes.iter().all(|lane| lane.is_nan()));
        assert_eq!(F32x4::splat(1.0).maximum(F32x4::splat(f32::NAN)).to_array(), [1.0; 4]);
    }

    #[test]
    fn map_changes_every_value_of_whole_vectors_and_of_the_rest() {
        for length in 0..10 {
            let others: Vec<f32> = (0..length).map(|index| index as f32).collect();
            let mut target = vec![1.0; length];
            map(&mut target, [&others], |value, [other]| value.add(other));
            assert!(target.iter().enumerate().all(|(index, &value)| value == index as f32 + 1.0));
        }
    }

    #[test]
    fn nearest_rounds_halves_to_even() {
        let lanes = F32x4::from_array([0.5, 1.5, -2.5, 2.4]).nearest().to_array();
        assert_eq!(lanes, [0.0, 2.0, -2.0, 2.0]);
    }
}

//! exp and ln of the kernel's own: an engine's or a system's would give other bits elsewhere.
//!
//! Polynomials and constants are those of Cephes (S. Moshier), expf.c and logf.c.

use crate::simd::F32x4;
use core::f32::consts::LOG2_E;

/// Largest error of [`exp`] in units in the last place of the float64 value, over the whole range tested.
pub const EXP_MAX_ULP: f64 = 1.5;
/// Largest error of [`ln`] in units in the last place of the float64 value, over the whole range tested.
pub const LN_MAX_ULP: f64 = 1.5;

/// ln 2 in two parts, the first with few enough bits that an exponent times it is exact.
const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;

/// Below this, exp is no normal float32 any more; [`exp`] gives 0.
pub const EXP_LOWEST: f32 = -87.336_54;

/// e^x for x ≤ 88; 0 below [`EXP_LOWEST`], where subnormal results would only cost time.
#[inline(always)]
pub fn exp(x: F32x4) -> F32x4 {
    let lowest = F32x4::splat(EXP_LOWEST);
    let clamped = x.maximum(lowest);
    let n = (clamped * F32x4::splat(LOG2_E)).nearest();
    let r = clamped - n * F32x4::splat(LN_2_HIGH) - n * F32x4::splat(LN_2_LOW);
    let p = polynomial(r, [1.987_569_1e-4, 1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5]);
    let fraction = p * (r * r) + r + F32x4::splat(1.0);
    F32x4::zero().where_less(x, lowest, fraction * n.exp2_integer())
}

/// The natural logarithm of positive normal x.
#[inline(always)]
pub fn ln(x: F32x4) -> F32x4 {
    let (m, e) = x.split_exponent();
    let r = m - F32x4::splat(1.0);
    let coefficients = [
        7.037_683_6e-2,
        -1.151_461e-1,
        1.167_699_9e-1,
        -1.242_014_1e-1,
        1.424_932_3e-1,
        -1.666_805_7e-1,
        2.000_071_5e-1,
        -2.499_999_4e-1,
        3.333_333e-1,
    ];
    let square = r * r;
    let tail = polynomial(r, coefficients) * r * square + e * F32x4::splat(LN_2_LOW) - square * F32x4::splat(0.5);
    r + tail + e * F32x4::splat(LN_2_HIGH)
}

/// A polynomial by Horner's rule, the highest coefficient first.
#[inline(always)]
fn polynomial<const N: usize>(x: F32x4, coefficients: [f32; N]) -> F32x4 {
    coefficients.into_iter().map(F32x4::splat).reduce(|sum, coefficient| sum * x + coefficient).unwrap_or(F32x4::zero())
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn ulps(got: f32, exact: f64) -> f64 {
        let nearest = exact as f32;
        let ulp = f64::from(f32::from_bits(nearest.to_bits() + 1)) - f64::from(nearest);
        (f64::from(got) - exact).abs() / ulp.abs()
    }

    #[test]
    fn exp_stays_within_its_bound_over_its_whole_range() {
        let mut worst: f64 = 0.0;
        let steps = if cfg!(miri) { 200 } else { 2_000_000 };
        for step in 0..=steps {
            let x = (f64::from(EXP_LOWEST) + (88.0 - f64::from(EXP_LOWEST)) * step as f64 / steps as f64) as f32;
            worst = worst.max(ulps(exp(F32x4::splat(x)).to_array()[0], libm::exp(f64::from(x))));
        }
        assert!(worst <= EXP_MAX_ULP, "{worst} ULP");
    }

    #[test]
    fn exp_is_one_at_zero_nothing_far_below_and_not_a_number_where_the_input_is_none() {
        let lanes = exp(F32x4::from_array([0.0, -87.4, f32::NEG_INFINITY, f32::NAN])).to_array();
        assert_eq!(lanes[..3], [1.0, 0.0, 0.0]);
        assert!(lanes[3].is_nan());
    }

    #[test]
    fn ln_stays_within_its_bound_over_all_positive_normals() {
        let mut worst: f64 = 0.0;
        for bits in (0x0080_0000..0x7f80_0000_u32).step_by(if cfg!(miri) { 9_999_991 } else { 997 }) {
            let x = f32::from_bits(bits);
            worst = worst.max(ulps(ln(F32x4::splat(x)).to_array()[0], libm::log(f64::from(x))));
        }
        assert!(worst <= LN_MAX_ULP, "{worst} ULP");
    }

    #[test]
    fn ln_of_one_is_exactly_zero() {
        assert_eq!(ln(F32x4::splat(1.0)).to_array(), [0.0; 4]);
    }
}

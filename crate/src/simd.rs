//! Vectors of 128 bits: SIMD128 in WebAssembly, arrays natively. Both round every operation alike.

#[cfg(not(target_arch = "wasm32"))]
#[path = "simd/native.rs"]
mod lanes;
#[cfg(target_arch = "wasm32")]
#[path = "simd/wasm.rs"]
mod lanes;

pub use lanes::{F32x4, I16x8, I32x4, interleave_bytes, sqrt};

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

    /// The largest of the lanes.
    pub fn largest_lane(self) -> f32 {
        self.to_array().into_iter().fold(f32::NEG_INFINITY, f32::max)
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
    fn nearest_rounds_halves_to_even() {
        let lanes = F32x4::from_array([0.5, 1.5, -2.5, 2.4]).nearest().to_array();
        assert_eq!(lanes, [0.0, 2.0, -2.0, 2.0]);
    }
}

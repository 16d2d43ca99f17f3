//! Vectors of 128 bits, by the operations of WebAssembly's SIMD128.
//!
//! The types stand once, on the intrinsics of `core::arch::wasm32`. Natively [`emulated`] has functions of the same names, which compute
//! lane by lane what the specification says. The tests below hold both to it; all operations round alike, so that all results have the
//! same bits in both.

mod bytes;
#[cfg(not(target_arch = "wasm32"))]
mod emulated;

pub use bytes::interleave;

#[cfg(target_arch = "wasm32")]
use core::arch::wasm32::*;
use core::ops::{Add, AddAssign, Div, Mul, Sub};
#[cfg(not(target_arch = "wasm32"))]
use emulated::*;

/// Lanes of a vector of float32 or int32.
pub const LANES: usize = 4;

/// √½ as the bits of a float32.
const SQRT_HALF_BITS: u32 = 0x3f35_04f3;

/// Four float32 lanes.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct F32x4(v128);

impl F32x4 {
    #[inline(always)]
    pub fn splat(value: f32) -> Self {
        Self(f32x4_splat(value))
    }

    /// As [`Self::splat`], in one instruction with the load.
    #[inline(always)]
    pub fn load_splat(value: &f32) -> Self {
        // SAFETY: the reference is readable for four bytes; the load needs no alignment.
        Self(unsafe { v128_load32_splat((&raw const *value).cast()) })
    }

    #[inline(always)]
    pub fn zero() -> Self {
        Self::splat(0.0)
    }

    #[inline(always)]
    pub fn load(lanes: &[f32; LANES]) -> Self {
        // SAFETY: the reference is readable for sixteen bytes; the load needs no alignment.
        Self(unsafe { v128_load(lanes.as_ptr().cast()) })
    }

    #[inline(always)]
    pub fn store(self, lanes: &mut [f32; LANES]) {
        // SAFETY: the reference is writable for sixteen bytes; the store needs no alignment.
        unsafe { v128_store(lanes.as_mut_ptr().cast(), self.0) }
    }

    #[inline(always)]
    pub fn from_array(lanes: [f32; LANES]) -> Self {
        Self::load(&lanes)
    }

    #[inline(always)]
    pub fn to_array(self) -> [f32; LANES] {
        let mut lanes = [0.0; LANES];
        self.store(&mut lanes);
        lanes
    }

    /// `other` where it is larger, else `self` (also where either is NaN).
    #[inline(always)]
    pub fn maximum(self, other: Self) -> Self {
        Self(f32x4_pmax(self.0, other.0))
    }

    #[inline(always)]
    pub fn abs(self) -> Self {
        Self(f32x4_abs(self.0))
    }

    /// Rounded to the nearest integer, halves to even.
    #[inline(always)]
    pub fn nearest(self) -> Self {
        Self(f32x4_nearest(self.0))
    }

    /// 2^self for lanes that hold integers from −126 to 127.
    #[inline(always)]
    pub fn exp2_integer(self) -> Self {
        // Adding 1.5 · 2²³ leaves the integer in the lowest bits; a conversion takes seven instructions on x64.
        Self(i32x4_add(i32x4_shl(f32x4_add(self.0, f32x4_splat(12_582_912.0)), 23), f32x4_splat(1.0)))
    }

    /// Positive normal lanes as (m, e): m in [√½, √2), value = m · 2^e.
    #[inline(always)]
    pub fn split_exponent(self) -> (Self, Self) {
        let offset = i32x4_sub(self.0, u32x4_splat(SQRT_HALF_BITS));
        let exponent = i32x4_shr(offset, 23);
        let mantissa = i32x4_sub(self.0, i32x4_shl(exponent, 23));
        (Self(mantissa), Self(f32x4_convert_i32x4(exponent)))
    }

    /// `self` where `left` < `right`, else `other`.
    #[inline(always)]
    pub fn where_less(self, left: Self, right: Self, other: Self) -> Self {
        Self(v128_bitselect(self.0, other.0, f32x4_lt(left.0, right.0)))
    }

    /// (a₀, b₀, a₁, b₁).
    #[inline(always)]
    pub fn zip_low(self, other: Self) -> Self {
        Self(i32x4_shuffle::<0, 4, 1, 5>(self.0, other.0))
    }

    /// (a₂, b₂, a₃, b₃).
    #[inline(always)]
    pub fn zip_high(self, other: Self) -> Self {
        Self(i32x4_shuffle::<2, 6, 3, 7>(self.0, other.0))
    }

    /// The sums of four vectors as the lanes of one, each summed as (l₀ + l₂) + (l₁ + l₃).
    #[inline(always)]
    pub fn sums([a, b, c, d]: [Self; 4]) -> Self {
        let ab = a.zip_low(b) + a.zip_high(b);
        let cd = c.zip_low(d) + c.zip_high(d);
        Self(i64x2_shuffle::<0, 2>(ab.0, cd.0)) + Self(i64x2_shuffle::<1, 3>(ab.0, cd.0))
    }

    /// The sum of the lanes: (l₀ + l₂) + (l₁ + l₃).
    pub fn sum(self) -> f32 {
        let [a, b, c, d] = self.to_array();
        (a + c) + (b + d)
    }

    /// The largest of the lanes.
    pub fn largest_lane(self) -> f32 {
        self.to_array().into_iter().fold(f32::NEG_INFINITY, f32::max)
    }
}

impl Add for F32x4 {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(f32x4_add(self.0, other.0))
    }
}

impl AddAssign for F32x4 {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for F32x4 {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(f32x4_sub(self.0, other.0))
    }
}

impl Mul for F32x4 {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(f32x4_mul(self.0, other.0))
    }
}

impl Div for F32x4 {
    type Output = Self;

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        Self(f32x4_div(self.0, other.0))
    }
}

/// Eight int16 lanes.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct I16x8(v128);

impl I16x8 {
    #[inline(always)]
    pub fn load(lanes: &[i16; 8]) -> Self {
        // SAFETY: the reference is readable for sixteen bytes; the load needs no alignment.
        Self(unsafe { v128_load(lanes.as_ptr().cast()) })
    }

    #[inline(always)]
    pub fn store(self, lanes: &mut [i16; 8]) {
        // SAFETY: the reference is writable for sixteen bytes; the store needs no alignment.
        unsafe { v128_store(lanes.as_mut_ptr().cast(), self.0) }
    }

    /// Two values, four times.
    #[inline(always)]
    pub fn splat_pair(pair: &[i16; 2]) -> Self {
        // SAFETY: the reference is readable for four bytes; the load needs no alignment.
        Self(unsafe { v128_load32_splat(pair.as_ptr().cast()) })
    }

    /// Two vectors rounded to the nearest integers, halves to even, and limited to int16.
    #[inline(always)]
    pub fn round(low: F32x4, high: F32x4) -> Self {
        let integers = |values: F32x4| i32x4_trunc_sat_f32x4(f32x4_nearest(values.0));
        Self(i16x8_narrow_i32x4(integers(low), integers(high)))
    }

    /// Lanes (0, 1, 4, 5, 2, 3, 6, 7): pairs of the lower and of the upper half in turns.
    #[inline(always)]
    pub fn zip_pairs(self) -> Self {
        Self(i32x4_shuffle::<0, 2, 1, 3>(self.0, self.0))
    }

    /// a₀b₀ + a₁b₁, a₂b₂ + a₃b₃, … as four int32.
    #[inline(always)]
    pub fn dot(self, other: Self) -> I32x4 {
        I32x4(i32x4_dot_i16x8(self.0, other.0))
    }
}

/// Four int32 lanes.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct I32x4(v128);

impl I32x4 {
    #[inline(always)]
    pub fn zero() -> Self {
        Self(i32x4_splat(0))
    }

    #[inline(always)]
    pub fn to_array(self) -> [i32; LANES] {
        let mut lanes = [0; LANES];
        // SAFETY: the array is writable for sixteen bytes; the store needs no alignment.
        unsafe { v128_store(lanes.as_mut_ptr().cast(), self.0) }
        lanes
    }

    #[inline(always)]
    pub fn to_f32(self) -> F32x4 {
        F32x4(f32x4_convert_i32x4(self.0))
    }

    /// The sums of four vectors as the lanes of one, times `factor` plus `offset`: exact in float64 until one last rounding.
    #[inline(always)]
    pub fn scaled_sums(vectors: [Self; 4], factor: f64, offset: f64) -> F32x4 {
        let [a, b, c, d] = vectors.map(|Self(vector)| {
            let high = i64x2_shuffle::<1, 1>(vector, vector);
            f64x2_add(f64x2_convert_low_i32x4(vector), f64x2_convert_low_i32x4(high))
        });
        let scale = |a: v128, b: v128| {
            let sums = f64x2_add(i64x2_shuffle::<0, 2>(a, b), i64x2_shuffle::<1, 3>(a, b));
            f32x4_demote_f64x2_zero(f64x2_add(f64x2_mul(sums, f64x2_splat(factor)), f64x2_splat(offset)))
        };
        F32x4(i64x2_shuffle::<0, 2>(scale(a, b), scale(c, d)))
    }
}

impl Add for I32x4 {
    type Output = Self;

    /// The sums must not overflow; debug assertions check it.
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        let sums = Self(i32x4_add(self.0, other.0));
        debug_assert!({
            let [a, b, sums] = [self, other, sums].map(Self::to_array);
            (0..LANES).all(|lane| a[lane].checked_add(b[lane]) == Some(sums[lane]))
        });
        sums
    }
}

impl AddAssign for I32x4 {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

/// Replaces every value of `target` by what `compute` makes of it and of those at the same place in `others`.
#[inline(always)]
pub fn map<const N: usize>(target: &mut [f32], others: [&[f32]; N], compute: impl Fn(F32x4, [F32x4; N]) -> F32x4) {
    let others = others.map(|values| values[..target.len()].as_chunks::<LANES>());
    let (vectors, rest) = target.as_chunks_mut::<LANES>();
    for (index, vector) in vectors.iter_mut().enumerate() {
        compute(F32x4::load(vector), others.map(|(vectors, _)| F32x4::load(&vectors[index]))).store(vector);
    }
    if rest.is_empty() {
        return;
    }
    let padded = |values: &[f32]| {
        let mut lanes = [0.0; LANES];
        lanes[..values.len()].copy_from_slice(values);
        F32x4::from_array(lanes)
    };
    let last = compute(padded(rest), others.map(|(_, rest)| padded(rest))).to_array();
    rest.copy_from_slice(&last[..rest.len()]);
}

#[cfg(test)]
mod tests;

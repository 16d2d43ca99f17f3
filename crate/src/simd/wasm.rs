use core::arch::wasm32::*;

/// Four float32 lanes.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct F32x4(v128);

impl F32x4 {
    #[inline(always)]
    pub fn splat(value: f32) -> Self {
        Self(f32x4_splat(value))
    }

    #[inline(always)]
    pub fn from_array([a, b, c, d]: [f32; 4]) -> Self {
        Self(f32x4(a, b, c, d))
    }

    #[inline(always)]
    pub fn to_array(self) -> [f32; 4] {
        [
            f32x4_extract_lane::<0>(self.0),
            f32x4_extract_lane::<1>(self.0),
            f32x4_extract_lane::<2>(self.0),
            f32x4_extract_lane::<3>(self.0),
        ]
    }

    #[inline(always)]
    pub fn lanes_mut(&mut self) -> &mut [f32; 4] {
        // SAFETY: a v128 is sixteen bytes, aligned to as many, and any of them are float32.
        unsafe { &mut *(&raw mut self.0).cast() }
    }

    /// # Safety
    /// `source` must be readable for four values; it need not be aligned.
    #[inline(always)]
    pub unsafe fn load(source: *const f32) -> Self {
        // SAFETY: the caller's promise; v128.load has no alignment requirement.
        Self(unsafe { v128_load(source.cast()) })
    }

    /// # Safety
    /// `source` must be readable for one value.
    #[inline(always)]
    pub unsafe fn load_splat(source: *const f32) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { v128_load32_splat(source.cast()) })
    }

    /// # Safety
    /// `target` must be writable for four values; it need not be aligned.
    #[inline(always)]
    pub unsafe fn store(self, target: *mut f32) {
        // SAFETY: the caller's promise; v128.store has no alignment requirement.
        unsafe { v128_store(target.cast(), self.0) }
    }

    /// Sixteen bytes as sixteen float32.
    ///
    /// # Safety
    /// `source` must be readable for sixteen bytes.
    #[inline(always)]
    pub unsafe fn load_bytes(source: *const u8) -> [Self; 4] {
        // SAFETY: the caller's promise covers both loads.
        let (low, high) = unsafe { (u16x8_load_extend_u8x8(source), u16x8_load_extend_u8x8(source.add(8))) };
        [
            Self(f32x4_convert_i32x4(u32x4_extend_low_u16x8(low))),
            Self(f32x4_convert_i32x4(u32x4_extend_high_u16x8(low))),
            Self(f32x4_convert_i32x4(u32x4_extend_low_u16x8(high))),
            Self(f32x4_convert_i32x4(u32x4_extend_high_u16x8(high))),
        ]
    }

    #[inline(always)]
    #[allow(clippy::should_implement_trait)]
    pub fn add(self, other: Self) -> Self {
        Self(f32x4_add(self.0, other.0))
    }

    #[inline(always)]
    #[allow(clippy::should_implement_trait)]
    pub fn sub(self, other: Self) -> Self {
        Self(f32x4_sub(self.0, other.0))
    }

    #[inline(always)]
    #[allow(clippy::should_implement_trait)]
    pub fn mul(self, other: Self) -> Self {
        Self(f32x4_mul(self.0, other.0))
    }

    #[inline(always)]
    #[allow(clippy::should_implement_trait)]
    pub fn div(self, other: Self) -> Self {
        Self(f32x4_div(self.0, other.0))
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
        // 1.5 · 2²³ leaves the integer in the lowest bits; a conversion takes seven instructions on x64.
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

    /// (a₀, a₁, b₀, b₁).
    #[inline(always)]
    pub fn join_low(self, other: Self) -> Self {
        Self(i64x2_shuffle::<0, 2>(self.0, other.0))
    }

    /// (a₂, a₃, b₂, b₃).
    #[inline(always)]
    pub fn join_high(self, other: Self) -> Self {
        Self(i64x2_shuffle::<1, 3>(self.0, other.0))
    }
}

/// Eight int16 lanes.
#[derive(Clone, Copy)]
pub struct I16x8(v128);

impl I16x8 {
    /// # Safety
    /// `source` must be readable for eight values; it need not be aligned.
    #[inline(always)]
    pub unsafe fn load(source: *const i16) -> Self {
        // SAFETY: the caller's promise; v128.load has no alignment requirement.
        Self(unsafe { v128_load(source.cast()) })
    }

    /// Two values, four times.
    ///
    /// # Safety
    /// `source` must be readable for two values; it need not be aligned.
    #[inline(always)]
    pub unsafe fn load_pair(source: *const i16) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { v128_load32_splat(source.cast()) })
    }

    /// # Safety
    /// `target` must be writable for eight values; it need not be aligned.
    #[inline(always)]
    pub unsafe fn store(self, target: *mut i16) {
        // SAFETY: the caller's promise; v128.store has no alignment requirement.
        unsafe { v128_store(target.cast(), self.0) }
    }

    /// Eight bytes as eight int16.
    ///
    /// # Safety
    /// `source` must be readable for eight bytes.
    #[inline(always)]
    pub unsafe fn load_bytes(source: *const u8) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { i16x8_load_extend_u8x8(source) })
    }

    /// Two vectors rounded to the nearest integers, halves to even, and limited to int16.
    #[inline(always)]
    pub fn round(low: F32x4, high: F32x4) -> Self {
        let integers = |values: F32x4| i32x4_trunc_sat_f32x4(f32x4_nearest(values.0));
        Self(i16x8_narrow_i32x4(integers(low), integers(high)))
    }

    /// Stores the first four lanes.
    ///
    /// # Safety
    /// `target` must be writable for four values; it need not be aligned.
    #[inline(always)]
    pub unsafe fn store_half(self, target: *mut i16) {
        // SAFETY: the caller's promise.
        unsafe { v128_store64_lane::<0>(self.0, target.cast()) }
    }

    /// a₀b₀ + a₁b₁, a₂b₂ + a₃b₃, … as four int32.
    #[inline(always)]
    pub fn dot(self, other: Self) -> I32x4 {
        I32x4(i32x4_dot_i16x8(self.0, other.0))
    }
}

/// Stores sixteen bytes of each of two rows, taken in turns: (a₀, b₀, a₁, b₁, …).
///
/// # Safety
/// `a` and `b` must be readable for sixteen bytes, `target` writable for 32.
#[inline(always)]
pub unsafe fn interleave_bytes(a: *const u8, b: *const u8, target: *mut u8) {
    // SAFETY: the caller's promise.
    unsafe {
        let (a, b) = (v128_load(a.cast()), v128_load(b.cast()));
        let low = i8x16_shuffle::<0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23>(a, b);
        let high = i8x16_shuffle::<8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31>(a, b);
        v128_store(target.cast(), low);
        v128_store(target.add(16).cast(), high);
    }
}

/// Four int32 lanes.
#[derive(Clone, Copy)]
pub struct I32x4(v128);

impl I32x4 {
    #[inline(always)]
    pub fn zero() -> Self {
        Self(i32x4_splat(0))
    }

    #[inline(always)]
    #[allow(clippy::should_implement_trait)]
    pub fn add(self, other: Self) -> Self {
        Self(i32x4_add(self.0, other.0))
    }

    #[inline(always)]
    pub fn to_f32(self) -> F32x4 {
        F32x4(f32x4_convert_i32x4(self.0))
    }

    /// The sums of four vectors as the lanes of one, times `factor` plus `offset`: exact in float64 until one last rounding.
    #[inline(always)]
    pub fn scaled_sums([a, b, c, d]: [I32x4; 4], factor: f64, offset: f64) -> F32x4 {
        let halves = |v: I32x4| {
            let high = i64x2_shuffle::<1, 1>(v.0, v.0);
            f64x2_add(f64x2_convert_low_i32x4(v.0), f64x2_convert_low_i32x4(high))
        };
        let pair = |a: v128, b: v128| {
            let sums = f64x2_add(i64x2_shuffle::<0, 2>(a, b), i64x2_shuffle::<1, 3>(a, b));
            let scaled = f64x2_add(f64x2_mul(sums, f64x2_splat(factor)), f64x2_splat(offset));
            f32x4_demote_f64x2_zero(scaled)
        };
        let (ab, cd) = (pair(halves(a), halves(b)), pair(halves(c), halves(d)));
        F32x4(i64x2_shuffle::<0, 2>(ab, cd))
    }
}

const SQRT_HALF_BITS: u32 = 0x3f35_04f3;

/// The square root, which std alone has outside of SIMD.
pub fn sqrt(value: f64) -> f64 {
    f64x2_extract_lane::<0>(f64x2_sqrt(f64x2_splat(value)))
}

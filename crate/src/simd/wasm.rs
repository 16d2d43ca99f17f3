use core::arch::wasm32::*;

/// Four float32 lanes.
#[derive(Clone, Copy)]
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
            Self(f32x4_convert_u32x4(u32x4_extend_low_u16x8(low))),
            Self(f32x4_convert_u32x4(u32x4_extend_high_u16x8(low))),
            Self(f32x4_convert_u32x4(u32x4_extend_low_u16x8(high))),
            Self(f32x4_convert_u32x4(u32x4_extend_high_u16x8(high))),
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

    /// Rounded to the nearest integer, halves to even.
    #[inline(always)]
    pub fn nearest(self) -> Self {
        Self(f32x4_nearest(self.0))
    }

    /// 2^self for lanes that hold integers from −126 to 127.
    #[inline(always)]
    pub fn exp2_integer(self) -> Self {
        Self(i32x4_shl(i32x4_add(i32x4_trunc_sat_f32x4(self.0), i32x4_splat(127)), 23))
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

const SQRT_HALF_BITS: u32 = 0x3f35_04f3;

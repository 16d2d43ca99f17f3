//! Bytes, widened to float32 and int16 as they are loaded, and interleaved.

#[cfg(not(target_arch = "wasm32"))]
use super::emulated::*;
use super::{F32x4, I16x8};
#[cfg(target_arch = "wasm32")]
use core::arch::wasm32::*;

impl F32x4 {
    /// Sixteen bytes as sixteen float32.
    #[inline(always)]
    pub fn widen(bytes: &[u8; 16]) -> [Self; 4] {
        // SAFETY: the reference is readable for sixteen bytes; the load needs no alignment.
        let bytes = unsafe { v128_load(bytes.as_ptr().cast()) };
        let [low, high] = [u16x8_extend_low_u8x16(bytes), u16x8_extend_high_u8x16(bytes)];
        [
            Self(f32x4_convert_i32x4(u32x4_extend_low_u16x8(low))),
            Self(f32x4_convert_i32x4(u32x4_extend_high_u16x8(low))),
            Self(f32x4_convert_i32x4(u32x4_extend_low_u16x8(high))),
            Self(f32x4_convert_i32x4(u32x4_extend_high_u16x8(high))),
        ]
    }
}

impl I16x8 {
    /// Eight bytes as eight int16.
    #[inline(always)]
    pub fn widen(bytes: &[u8; 8]) -> Self {
        // SAFETY: the reference is readable for eight bytes; the load needs no alignment.
        Self(unsafe { i16x8_load_extend_u8x8(bytes.as_ptr()) })
    }
}

/// The bytes of two rows in turns: (a₀, b₀, a₁, b₁, …).
#[inline(always)]
pub fn interleave(a: &[u8; 16], b: &[u8; 16], target: &mut [u8; 32]) {
    // SAFETY: the references are readable for sixteen bytes and writable for 32; loads and stores need no alignment.
    unsafe {
        let (a, b) = (v128_load(a.as_ptr().cast()), v128_load(b.as_ptr().cast()));
        let low = i8x16_shuffle::<0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23>(a, b);
        let high = i8x16_shuffle::<8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31>(a, b);
        v128_store(target.as_mut_ptr().cast(), low);
        v128_store(target.as_mut_ptr().add(16).cast(), high);
    }
}

//! The intrinsics of `core::arch::wasm32` that the crate uses, lane by lane as the specification of WebAssembly has them. For native
//! tests and Miri; what ships are the real ones.

use bytemuck::{Pod, Zeroable, cast};
use core::array::from_fn;

/// A vector of 128 bits.
#[allow(non_camel_case_types)]
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C, align(16))]
pub struct v128([u8; 16]);

/// Applies an operation to every lane.
fn map<T: Pod, U: Pod, const N: usize>(a: v128, operation: impl Fn(T) -> U) -> v128
where
    [T; N]: Pod,
    [U; N]: Pod,
{
    cast(cast::<v128, [T; N]>(a).map(operation))
}

/// Applies an operation to every pair of lanes.
fn zip<T: Pod, U: Pod, const N: usize>(a: v128, b: v128, operation: impl Fn(T, T) -> U) -> v128
where
    [T; N]: Pod,
    [U; N]: Pod,
{
    let (a, b): ([T; N], [T; N]) = (cast(a), cast(b));
    cast::<[U; N], v128>(from_fn(|lane| operation(a[lane], b[lane])))
}

/// # Safety
/// `source` must be readable for sixteen bytes; it need not be aligned.
pub unsafe fn v128_load(source: *const v128) -> v128 {
    // SAFETY: `source` is readable for sixteen bytes; the read needs no alignment.
    unsafe { source.read_unaligned() }
}

/// # Safety
/// `target` must be writable for sixteen bytes; it need not be aligned.
pub unsafe fn v128_store(target: *mut v128, value: v128) {
    // SAFETY: `target` is writable for sixteen bytes; the write needs no alignment.
    unsafe { target.write_unaligned(value) }
}

/// # Safety
/// `source` must be readable for four bytes; it need not be aligned.
pub unsafe fn v128_load32_splat(source: *const u32) -> v128 {
    // SAFETY: `source` is readable for four bytes; the read needs no alignment.
    cast([unsafe { source.read_unaligned() }; 4])
}

/// # Safety
/// `source` must be readable for eight bytes; it need not be aligned.
pub unsafe fn i16x8_load_extend_u8x8(source: *const u8) -> v128 {
    // SAFETY: `source` is readable for eight bytes; the read needs no alignment.
    cast(unsafe { source.cast::<[u8; 8]>().read_unaligned() }.map(i16::from))
}

pub fn v128_bitselect(a: v128, b: v128, mask: v128) -> v128 {
    let [a, b, mask] = [a, b, mask].map(cast::<v128, u128>);
    cast((a & mask) | (b & !mask))
}

pub fn f32x4_splat(value: f32) -> v128 {
    cast([value; 4])
}

pub fn f32x4_add(a: v128, b: v128) -> v128 {
    zip::<f32, f32, 4>(a, b, |a, b| a + b)
}

pub fn f32x4_sub(a: v128, b: v128) -> v128 {
    zip::<f32, f32, 4>(a, b, |a, b| a - b)
}

pub fn f32x4_mul(a: v128, b: v128) -> v128 {
    zip::<f32, f32, 4>(a, b, |a, b| a * b)
}

pub fn f32x4_div(a: v128, b: v128) -> v128 {
    zip::<f32, f32, 4>(a, b, |a, b| a / b)
}

pub fn f32x4_pmax(a: v128, b: v128) -> v128 {
    zip::<f32, f32, 4>(a, b, |a, b| if a < b { b } else { a })
}

pub fn f32x4_lt(a: v128, b: v128) -> v128 {
    zip::<f32, u32, 4>(a, b, |a, b| if a < b { u32::MAX } else { 0 })
}

pub fn f32x4_abs(a: v128) -> v128 {
    map::<f32, f32, 4>(a, f32::abs)
}

pub fn f32x4_nearest(a: v128) -> v128 {
    map::<f32, f32, 4>(a, f32::round_ties_even)
}

pub fn f32x4_convert_i32x4(a: v128) -> v128 {
    map::<i32, f32, 4>(a, |lane| lane as f32)
}

pub fn f32x4_demote_f64x2_zero(a: v128) -> v128 {
    let [a, b]: [f64; 2] = cast(a);
    cast([a as f32, b as f32, 0.0, 0.0])
}

pub fn f64x2_splat(value: f64) -> v128 {
    cast([value; 2])
}

pub fn f64x2_add(a: v128, b: v128) -> v128 {
    zip::<f64, f64, 2>(a, b, |a, b| a + b)
}

pub fn f64x2_mul(a: v128, b: v128) -> v128 {
    zip::<f64, f64, 2>(a, b, |a, b| a * b)
}

pub fn f64x2_convert_low_i32x4(a: v128) -> v128 {
    let [a, b, ..]: [i32; 4] = cast(a);
    cast([f64::from(a), f64::from(b)])
}

pub fn i32x4_splat(value: i32) -> v128 {
    cast([value; 4])
}

pub fn u32x4_splat(value: u32) -> v128 {
    cast([value; 4])
}

pub fn i32x4_add(a: v128, b: v128) -> v128 {
    zip::<i32, i32, 4>(a, b, i32::wrapping_add)
}

pub fn i32x4_sub(a: v128, b: v128) -> v128 {
    zip::<i32, i32, 4>(a, b, i32::wrapping_sub)
}

pub fn i32x4_shl(a: v128, bits: u32) -> v128 {
    map::<i32, i32, 4>(a, |lane| lane.wrapping_shl(bits))
}

pub fn i32x4_shr(a: v128, bits: u32) -> v128 {
    map::<i32, i32, 4>(a, |lane| lane.wrapping_shr(bits))
}

pub fn i32x4_trunc_sat_f32x4(a: v128) -> v128 {
    map::<f32, i32, 4>(a, |lane| lane as i32)
}

pub fn i32x4_dot_i16x8(a: v128, b: v128) -> v128 {
    let (a, b): ([[i16; 2]; 4], [[i16; 2]; 4]) = (cast(a), cast(b));
    let product = |a: i16, b: i16| i32::from(a) * i32::from(b);
    cast::<[i32; 4], v128>(from_fn(|lane| {
        product(a[lane][0], b[lane][0]).wrapping_add(product(a[lane][1], b[lane][1]))
    }))
}

pub fn i16x8_narrow_i32x4(a: v128, b: v128) -> v128 {
    let lanes: [i32; 8] = cast([a, b]);
    cast(lanes.map(|lane| lane.clamp(i16::MIN.into(), i16::MAX.into()) as i16))
}

fn extend_half<T: Pod + Into<U>, U: Pod, const N: usize, const M: usize>(a: v128, half: usize) -> v128
where
    [T; N]: Pod,
    [U; M]: Pod,
{
    let lanes: [T; N] = cast(a);
    cast::<[U; M], v128>(from_fn(|lane| lanes[half * M + lane].into()))
}

pub fn u16x8_extend_low_u8x16(a: v128) -> v128 {
    extend_half::<u8, u16, 16, 8>(a, 0)
}

pub fn u16x8_extend_high_u8x16(a: v128) -> v128 {
    extend_half::<u8, u16, 16, 8>(a, 1)
}

pub fn u32x4_extend_low_u16x8(a: v128) -> v128 {
    extend_half::<u16, u32, 8, 4>(a, 0)
}

pub fn u32x4_extend_high_u16x8(a: v128) -> v128 {
    extend_half::<u16, u32, 8, 4>(a, 1)
}

pub fn i32x4_shuffle<const A: usize, const B: usize, const C: usize, const D: usize>(a: v128, b: v128) -> v128 {
    let lanes: [i32; 8] = cast([a, b]);
    cast([A, B, C, D].map(|lane| lanes[lane]))
}

pub fn i64x2_shuffle<const A: usize, const B: usize>(a: v128, b: v128) -> v128 {
    let lanes: [i64; 4] = cast([a, b]);
    cast([A, B].map(|lane| lanes[lane]))
}

#[rustfmt::skip]
pub fn i8x16_shuffle<
    const I0: usize, const I1: usize, const I2: usize, const I3: usize,
    const I4: usize, const I5: usize, const I6: usize, const I7: usize,
    const I8: usize, const I9: usize, const I10: usize, const I11: usize,
    const I12: usize, const I13: usize, const I14: usize, const I15: usize,
>(a: v128, b: v128) -> v128 {
    let lanes: [u8; 32] = cast([a, b]);
    cast([I0, I1, I2, I3, I4, I5, I6, I7, I8, I9, I10, I11, I12, I13, I14, I15].map(|lane| lanes[lane]))
}

//! Fallible allocation: what grows with the data or the model comes from here.

use bytemuck::allocation::try_zeroed_slice_box;
use bytemuck::{Pod, Zeroable, cast_slice, cast_slice_mut};
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};

/// Bytes that memory moves at once.
pub const CACHE_LINE: usize = 64;

/// An allocation failed. Parameters and data are as before; scratch may be gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;

/// `length` zeros.
pub fn zeros<T: Zeroable>(length: usize) -> Result<Box<[T]>, OutOfMemory> {
    try_zeroed_slice_box(length).map_err(|()| OutOfMemory)
}

/// Makes room for at least `length` values; where there was less, the old ones are freed first.
pub fn reserve<T: Zeroable>(values: &mut Box<[T]>, length: usize) -> Result<(), OutOfMemory> {
    if values.len() < length {
        *values = Box::default();
        *values = zeros(length)?;
    }
    Ok(())
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C, align(64))]
struct CacheLine([u8; CACHE_LINE]);

/// Values that begin with a cache line, so that a row crosses no more of them than it must.
pub struct Aligned<T> {
    lines: Box<[CacheLine]>,
    length: usize,
    values: PhantomData<T>,
}

impl<T: Pod> Aligned<T> {
    /// A cache line holds whole values.
    const FITS: () = assert!(CACHE_LINE.is_multiple_of(size_of::<T>()) && CACHE_LINE.is_multiple_of(align_of::<T>()));

    /// `length` zeros.
    pub fn zeros(length: usize) -> Result<Self, OutOfMemory> {
        let () = Self::FITS;
        let bytes = length.checked_mul(size_of::<T>()).ok_or(OutOfMemory)?;
        Ok(Self { lines: zeros(bytes.div_ceil(CACHE_LINE))?, length, values: PhantomData })
    }
}

impl<T: Pod> Deref for Aligned<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &cast_slice(&self.lines)[..self.length]
    }
}

impl<T: Pod> DerefMut for Aligned<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut cast_slice_mut(&mut self.lines)[..self.length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn what_memory_cannot_hold_is_refused_without_a_crash() {
        assert_eq!(zeros::<f32>(usize::MAX / 4).err(), Some(OutOfMemory));
        assert_eq!(zeros::<f32>(usize::MAX).err(), Some(OutOfMemory));
        assert!(Aligned::<f32>::zeros(usize::MAX).is_err());
        assert!(Aligned::<u8>::zeros(usize::MAX).is_err());
    }

    #[test]
    fn aligned_values_begin_with_a_cache_line() {
        for length in [0, 1, 63, 64, 65, 1000] {
            let values = Aligned::<f32>::zeros(length).unwrap();
            assert_eq!((values.len(), values.as_ptr() as usize % CACHE_LINE), (length, 0));
        }
    }

    #[test]
    fn reserve_keeps_what_is_large_enough() {
        let mut values = zeros::<u8>(4).unwrap();
        values[3] = 7;
        reserve(&mut values, 3).unwrap();
        assert_eq!(*values, [0, 0, 0, 7]);
        reserve(&mut values, 5).unwrap();
        assert_eq!(*values, [0; 5]);
    }
}

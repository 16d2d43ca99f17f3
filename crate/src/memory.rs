//! Memory that may not suffice: all of the kernel's comes from here. Growing a `Vec` is left out: it can fail with a message,
//! and what makes messages is a twentieth of the kernel's size.

use crate::checked::trap;
#[cfg(target_arch = "wasm32")]
use alloc::alloc::GlobalAlloc;
use alloc::alloc::{Layout, alloc, alloc_zeroed};
use alloc::vec::Vec;
#[cfg(target_arch = "wasm32")]
use core::ptr::null_mut;
#[cfg(target_arch = "wasm32")]
use talc::wasm::{WasmDynamicTalc, new_wasm_dynamic_allocator};

/// Bytes that memory moves at once.
pub const CACHE_LINE: usize = 64;

/// Talc, but that everything begins with a cache line, so that no row crosses more of them than it must. An alignment that is always
/// the same is less code than one that is asked for.
#[cfg(target_arch = "wasm32")]
pub struct Allocator(WasmDynamicTalc);

#[cfg(target_arch = "wasm32")]
impl Allocator {
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Self(new_wasm_dynamic_allocator())
    }

    /// Nothing where a whole number of lines would be more than can be asked for.
    fn align(layout: Layout) -> Option<Layout> {
        Layout::from_size_align(layout.size(), CACHE_LINE).ok()
    }
}

// SAFETY: the same layout always becomes the same layout, of an alignment that nothing here exceeds.
#[cfg(target_arch = "wasm32")]
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        Self::align(layout).map_or(null_mut(), |layout| unsafe { self.0.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        Self::align(layout).map_or(null_mut(), |layout| unsafe { self.0.alloc_zeroed(layout) })
    }

    unsafe fn dealloc(&self, address: *mut u8, layout: Layout) {
        if let Some(layout) = Self::align(layout) {
            // SAFETY: the caller's promise.
            unsafe { self.0.dealloc(address, layout) }
        }
    }
}

/// Types for which bytes of zero are a value.
///
/// # Safety
/// They must be.
pub unsafe trait Zero: Copy {}

// SAFETY: zero, or false.
unsafe impl Zero for bool {}
// SAFETY: as above.
unsafe impl Zero for u8 {}
// SAFETY: as above.
unsafe impl Zero for i16 {}
// SAFETY: as above.
unsafe impl Zero for u16 {}
// SAFETY: as above.
unsafe impl Zero for u32 {}
// SAFETY: as above.
unsafe impl Zero for f32 {}
// SAFETY: as above.
unsafe impl Zero for f64 {}
// SAFETY: four times as above.
unsafe impl Zero for crate::simd::F32x4 {}

/// So many zeros; nothing where memory does not suffice.
#[inline(never)]
pub fn try_zeros<T: Zero>(length: usize) -> Option<Vec<T>> {
    if length == 0 {
        return Some(Vec::new());
    }
    let layout = Layout::array::<T>(length).ok()?;
    // SAFETY: the layout has a size, and is that of a `Vec` of this capacity; zero bytes are values.
    unsafe {
        let address = alloc_zeroed(layout).cast();
        if <*mut T>::is_null(address) { None } else { Some(Vec::from_raw_parts(address, length, length)) }
    }
}

/// So many zeros, of which there are few enough.
pub fn zeros<T: Zero>(length: usize) -> Vec<T> {
    try_zeros(length).unwrap_or_else(|| trap())
}

/// Makes `values` so many zeros; the old ones are freed before.
pub fn replace<T: Zero>(values: &mut Vec<T>, length: usize) {
    *values = Vec::new();
    *values = zeros(length);
}

/// A value in a `Box` of its own; null where memory does not suffice.
pub fn boxed<T>(value: T) -> *mut T {
    // SAFETY: the layout is that of a `Box`, and not empty for what is boxed here.
    unsafe {
        let address = alloc(Layout::new::<T>()).cast::<T>();
        if !address.is_null() {
            address.write(value);
        }
        address
    }
}

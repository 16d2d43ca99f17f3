//! Indices that are checked as ever, but trap without a message: the messages of all places were a tenth of the kernel's size.

use core::slice::SliceIndex;

/// What a broken promise comes to.
#[cold]
#[inline(always)]
pub fn trap() -> ! {
    #[cfg(target_arch = "wasm32")]
    core::arch::wasm32::unreachable();
    #[cfg(not(target_arch = "wasm32"))]
    panic!("out of range");
}

pub trait Checked {
    /// What `[index]` borrows.
    fn at<I: SliceIndex<Self>>(&self, index: I) -> &I::Output;

    /// What `[index]` borrows to change.
    fn at_mut<I: SliceIndex<Self>>(&mut self, index: I) -> &mut I::Output;
}

impl<T> Checked for [T] {
    #[inline(always)]
    fn at<I: SliceIndex<Self>>(&self, index: I) -> &I::Output {
        match self.get(index) {
            Some(value) => value,
            None => trap(),
        }
    }

    #[inline(always)]
    fn at_mut<I: SliceIndex<Self>>(&mut self, index: I) -> &mut I::Output {
        match self.get_mut(index) {
            Some(value) => value,
            None => trap(),
        }
    }
}

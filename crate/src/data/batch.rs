//! Some samples of a data set, as the model is to see them.

use super::samples::{Inputs, Samples};
use super::scaling::Scaling;
use crate::memory::CACHE_LINE;
use core::ops::Range;
use core::ptr::read_volatile;

#[derive(Clone, Copy)]
pub struct Batch<'a> {
    pub samples: &'a Samples,
    /// Which samples, in their order.
    pub rows: &'a [u32],
    pub scaling: &'a Scaling,
}

impl<'a> Batch<'a> {
    /// The scaling that is folded into the weights: bytes are multiplied as they are.
    pub fn folded_scaling(&self) -> Option<&'a Scaling> {
        matches!(self.samples.inputs, Inputs::Uint8(_)).then_some(self.scaling)
    }

    /// Some of its rows.
    pub fn slice(&self, rows: Range<usize>) -> Self {
        Self { rows: &self.rows[rows], ..*self }
    }

    /// Features of a row of bytes, by its position in the batch. They may reach into the padding of the last tile.
    #[inline(always)]
    pub fn bytes(&self, row: usize, features: Range<usize>) -> &'a [u8] {
        let Inputs::Uint8(values) = &self.samples.inputs else { panic!("the inputs are not bytes") };
        &values[self.start(row)..][features]
    }

    /// Where a row begins in the inputs.
    #[inline(always)]
    pub fn start(&self, row: usize) -> usize {
        self.rows[row] as usize * self.samples.features()
    }

    /// Reads one byte of each cache line of the rows' inputs, and their classes. Shuffled rows are nowhere near each other:
    /// requested together, they arrive sooner than one by one where they are used. A line of every row comes first, then the
    /// next line, so that the pages of all rows are looked up at once. Where first and last row are as far apart as
    /// contiguous rows would be, the rows are taken for such, and all that lies between is read as one.
    pub fn prefetch(&self) {
        let rows = self.rows;
        let (Some(&first), Some(&last)) = (rows.first(), rows.last()) else { return };
        let (inputs, row_bytes): (&[u8], _) = match &self.samples.inputs {
            Inputs::Uint8(values) => (values, self.samples.features()),
            Inputs::Float32(values) => (bytemuck::cast_slice(values), self.samples.features() * size_of::<f32>()),
        };
        let is_contiguous = last as usize + 1 == first as usize + rows.len();
        let (starts, length) = if is_contiguous { (&rows[..1], rows.len() * row_bytes) } else { (rows, row_bytes) };
        // A row need not begin with a cache line, so its last byte is read as well.
        for offset in (0..length + CACHE_LINE - 1).step_by(CACHE_LINE) {
            for &row in starts {
                read(&inputs[row as usize * row_bytes + offset.min(length - 1)]);
            }
        }
        if let Some(classes) = self.samples.labels() {
            rows.iter().for_each(|&row| read(&classes[row as usize]));
        }
    }
}

/// A read that the compiler keeps, although nobody looks at the value.
#[inline(always)]
fn read<T: Copy>(value: &T) {
    // SAFETY: a reference is readable.
    unsafe { read_volatile(value) };
}

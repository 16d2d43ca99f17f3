//! How the layers lay out W and dW: rows of features padded to `TILE`, classes padded to two, so that the inner loops
//! need no remainders.

use super::Gradient;
use crate::quads::Quads;
use crate::scaling::Scaling;

/// Features per turn of the inner loops.
pub const TILE: usize = 16;

#[derive(Clone, Copy)]
pub struct Shape {
    pub features: usize,
    /// Features, padded: the distance of two rows.
    pub stride: usize,
    /// Classes, padded.
    pub rows: usize,
}

impl Shape {
    pub fn new(features: usize, classes: usize) -> Self {
        Self { features, stride: features.next_multiple_of(TILE), rows: classes.next_multiple_of(2) }
    }

    /// Values of W or dW with the padding.
    pub fn size(&self) -> usize {
        self.rows * self.stride
    }

    /// Rows of W that are widened, or read, against one block of inputs: few where W stays in the cache anyway, many
    /// where it has to come from afar each time.
    pub fn block_rows(&self, bytes_per_weight: usize) -> usize {
        if self.size() * bytes_per_weight <= 64 << 10 { 8 } else { 64 }
    }

    /// Takes the padding off dW, and the scaling that was folded into W; db is the sum of the output gradient.
    pub fn unfold(&self, padded: &[f32], output_gradient: &Quads, scaling: Option<&Scaling>, gradient: &mut Gradient) {
        for (class, bias) in gradient.bias.iter_mut().enumerate() {
            *bias = output_gradient.sum(class);
            let source = &padded[class * self.stride..][..self.features];
            let target = &mut gradient.weight[class * self.features..][..self.features];
            match scaling {
                None => target.copy_from_slice(source),
                Some(scaling) => scaling.unfold(source, *bias, target),
            }
        }
    }
}

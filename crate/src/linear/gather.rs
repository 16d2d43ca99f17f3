//! Rows of a batch as float32, laid out for the loops of the float32 layer.
//!
//! Every row is read in tiles of sixteen features. The last tile of a row reaches into the next row, or into the slack
//! behind the last: what it finds there is finite, meets weights of zero, and its gradient is dropped.

use super::shape::{TILE, Tile};
use crate::checked::Checked;
use crate::samples::{Batch, Inputs};
use crate::simd::{F32x4, LANES};
use core::ops::Range;

/// How far apart things are in a block, in values.
#[derive(Clone, Copy)]
pub struct Layout {
    /// Four rows and four rows.
    quad: usize,
    /// Rows of such four.
    row: usize,
    /// Sixteen features and sixteen features.
    tile: usize,
    /// Four features of such sixteen.
    vector: usize,
}

impl Layout {
    /// `[quad of rows, chunk of four features, row of the quad, LANES]`.
    pub fn quads(width: usize) -> Self {
        Self { quad: LANES * width, row: LANES, tile: LANES * TILE, vector: LANES * LANES }
    }

    /// `[tile, row, TILE]`.
    pub fn tiles(rows: usize) -> Self {
        Self { quad: LANES * TILE, row: TILE, tile: rows * TILE, vector: LANES }
    }
}

/// Writes `width` features from `start` on.
#[inline(never)]
pub fn gather(batch: Batch, rows: Range<usize>, start: usize, width: usize, layout: Layout, block: &mut [f32]) {
    debug_assert!(rows.len() * width <= block.len());
    for (index, &row) in batch.rows.at(rows).iter().enumerate() {
        let position = row as usize * batch.samples.features() + start;
        // SAFETY: the block has a place for every vector; behind every input lie at least fifteen values.
        unsafe {
            let target = block.as_mut_ptr().add(index / LANES * layout.quad + index % LANES * layout.row);
            match &batch.samples.inputs {
                Inputs::Uint8(values) => {
                    let source = &raw const *values.at(position);
                    store_tiles(width, layout, target, |feature| F32x4::load_bytes(source.add(feature)));
                }
                Inputs::Float32(values) => {
                    let source = &raw const *values.at(position);
                    if batch.scaling.is_identity() {
                        store_tiles(width, layout, target, |feature| load(source.add(feature)));
                    } else {
                        let scale = &raw const *batch.scaling.scale().at(start);
                        let shift = &raw const *batch.scaling.shift().at(start);
                        store_tiles(width, layout, target, |feature| {
                            let [tile, scale, shift] = [source, scale, shift].map(|values| load(values.add(feature)));
                            [0, 1, 2, 3].map(|index| tile[index].mul(scale[index]).add(shift[index]))
                        });
                    }
                }
            }
        }
    }
}

/// # Safety
/// `target` must be writable where the layout says so.
#[inline(always)]
unsafe fn store_tiles(width: usize, layout: Layout, target: *mut f32, tile: impl Fn(usize) -> Tile) {
    let mut target = target;
    for feature in (0..width / TILE).map(|index| index * TILE) {
        for (index, vector) in tile(feature).into_iter().enumerate() {
            // SAFETY: the caller's promise.
            unsafe { vector.store(target.add(index * layout.vector)) }
        }
        target = target.wrapping_add(layout.tile);
    }
}

/// # Safety
/// `values` must be readable for a tile.
#[inline(always)]
unsafe fn load(values: *const f32) -> Tile {
    // SAFETY: the caller's promise.
    [0, 1, 2, 3].map(|index| unsafe { F32x4::load(values.add(index * LANES)) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::Samples;
    use crate::scaling::Scaling;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn bytes(count: usize, features: usize) -> Samples {
        let mut samples = Samples::uint8(count, features).unwrap();
        let Inputs::Uint8(values) = &mut samples.inputs else { unreachable!() };
        values[..count * features].iter_mut().enumerate().for_each(|(index, value)| *value = 255 - index as u8);
        samples
    }

    #[test]
    fn rows_of_bytes_are_widened_tile_by_tile() {
        for features in 1..=33 {
            let samples = bytes(3, features);
            let scaling = Scaling::new(features);
            let batch = Batch { samples: &samples, rows: &[1, 2, 0], scaling: &scaling };
            let width = features.next_multiple_of(TILE);
            let mut block = vec![f32::NAN; 2 * width];
            gather(batch, 1..3, 0, width, Layout::tiles(2), &mut block);
            for (row, source) in [2, 0].into_iter().enumerate() {
                for feature in 0..features {
                    let value = block[(feature / TILE * 2 + row) * TILE + feature % TILE];
                    assert_eq!(value, f32::from(255 - (source * features + feature) as u8));
                }
            }
            assert!(block.iter().all(|value| value.is_finite()));
        }
    }

    #[test]
    fn the_rows_of_a_quad_take_turns_every_four_features() {
        let samples = bytes(4, 16);
        let scaling = Scaling::new(16);
        let mut block = vec![f32::NAN; 64];
        let batch = Batch { samples: &samples, rows: &[0, 1, 2, 3], scaling: &scaling };
        gather(batch, 0..4, 0, 16, Layout::quads(16), &mut block);
        let expected = [0..4, 16..20, 32..36, 48..52, 4..8].into_iter().flatten();
        assert!(expected.zip(&block).all(|(index, &value)| value == f32::from(255 - index as u8)));
    }

    #[test]
    fn floats_are_scaled_and_shifted_by_feature() {
        let mut samples = Samples::float32(1, 3).unwrap();
        let Inputs::Float32(values) = &mut samples.inputs else { unreachable!() };
        values[..3].copy_from_slice(&[1.0, 2.0, 3.0]);
        let mut scaling = Scaling::new(3);
        scaling.scale_mut().copy_from_slice(&[2.0, 3.0, 4.0]);
        scaling.shift_mut().copy_from_slice(&[0.5, 0.0, -1.0]);
        scaling.settle();
        let mut block = vec![f32::NAN; 16];
        let batch = Batch { samples: &samples, rows: &[0], scaling: &scaling };
        gather(batch, 0..1, 0, 16, Layout::tiles(1), &mut block);
        assert_eq!(block[..4], [2.5, 6.0, 11.0, 0.0]);
    }
}

//! Rows of a batch as float32, laid out for the loops of the float32 layer.
//!
//! Every row is read in tiles of sixteen features. The last tile of a row reaches into the next row, or into the slack
//! behind the last: what it finds there is finite, meets weights of zero, and its gradient is dropped.

use super::shape::TILE;
use crate::samples::{Batch, Inputs};
use crate::scaling::Scaling;
use crate::simd::{F32x4, LANES};
use core::ops::Range;

/// Vectors of a tile.
const VECTORS: usize = TILE / LANES;

/// `width` features from `start` on, as `[quad of rows, chunk of four features, row of the quad, LANES]`.
pub fn gather_quads(batch: Batch, rows: Range<usize>, start: usize, width: usize, block: &mut [f32]) {
    assert!(rows.len().next_multiple_of(LANES) * width <= block.len());
    let place = |row: usize, tile: usize| (row / LANES * width + tile * TILE + row % LANES) * LANES;
    gather::<{ LANES * LANES }>(batch, rows, start, width, block, place);
}

/// `width` features from `start` on, as `[tile, row, TILE]`.
pub fn gather_tiles(batch: Batch, rows: Range<usize>, start: usize, width: usize, block: &mut [f32]) {
    let count = rows.len();
    assert!(count * width <= block.len());
    gather::<LANES>(batch, rows, start, width, block, |row, tile| (tile * count + row) * TILE);
}

/// Puts the vectors of each tile `STEP` apart, the first at its place.
#[inline(always)]
fn gather<const STEP: usize>(
    batch: Batch,
    rows: Range<usize>,
    start: usize,
    width: usize,
    block: &mut [f32],
    place: impl Fn(usize, usize) -> usize,
) {
    let features = batch.samples.features();
    let rows = batch.rows[rows].iter().map(|&row| row as usize * features + start).enumerate();
    let block = block.as_mut_ptr();
    let store = |tile: [F32x4; VECTORS], place: usize| {
        for (index, lanes) in tile.into_iter().enumerate() {
            // SAFETY: both callers checked that the block has a place for every vector.
            unsafe { lanes.store(block.add(place + index * STEP)) }
        }
    };
    match &batch.samples.inputs {
        Inputs::Uint8(values) => {
            for (row, first) in rows {
                let source = values[first..][..width].as_ptr();
                for tile in 0..width / TILE {
                    // SAFETY: the slice holds `width` bytes.
                    store(unsafe { F32x4::load_bytes(source.add(tile * TILE)) }, place(row, tile));
                }
            }
        }
        Inputs::Float32(values) => {
            for (row, first) in rows {
                let source = &values[first..][..width];
                for tile in 0..width / TILE {
                    let vectors = load_tile(&source[tile * TILE..]);
                    store(scale_tile(vectors, batch.scaling, start + tile * TILE), place(row, tile));
                }
            }
        }
    }
}

#[inline(always)]
fn load_tile(values: &[f32]) -> [F32x4; VECTORS] {
    let values = &values[..TILE];
    // SAFETY: the slice holds four vectors.
    [0, 1, 2, 3].map(|index| unsafe { F32x4::load(values.as_ptr().add(index * LANES)) })
}

/// Scales and shifts the features from `feature` on.
#[inline(always)]
fn scale_tile(tile: [F32x4; VECTORS], scaling: &Scaling, feature: usize) -> [F32x4; VECTORS] {
    if scaling.is_identity() {
        return tile;
    }
    let (scale, shift) = (load_tile(&scaling.scale()[feature..]), load_tile(&scaling.shift()[feature..]));
    [0, 1, 2, 3].map(|index| tile[index].mul(scale[index]).add(shift[index]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::Samples;
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
            let scaling = Scaling::uniform(features, 2.0, 1.0);
            let batch = Batch { samples: &samples, rows: &[1, 2, 0], scaling: &scaling };
            let width = features.next_multiple_of(TILE);
            let mut block = vec![f32::NAN; 2 * width];
            gather_tiles(batch, 1..3, 0, width, &mut block);
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
        let scaling = Scaling::uniform(16, 1.0, 0.0);
        let mut block = vec![f32::NAN; 64];
        gather_quads(Batch { samples: &samples, rows: &[0, 1, 2, 3], scaling: &scaling }, 0..4, 0, 16, &mut block);
        let expected = [0..4, 16..20, 32..36, 48..52, 4..8].into_iter().flatten();
        assert!(expected.zip(&block).all(|(index, &value)| value == f32::from(255 - index as u8)));
    }

    #[test]
    fn floats_are_scaled_and_shifted_by_feature() {
        let mut samples = Samples::float32(1, 3).unwrap();
        let Inputs::Float32(values) = &mut samples.inputs else { unreachable!() };
        values[..3].copy_from_slice(&[1.0, 2.0, 3.0]);
        let scaling = Scaling::new(vec![2.0, 3.0, 4.0], vec![0.5, 0.0, -1.0]);
        let mut block = vec![f32::NAN; 16];
        gather_tiles(Batch { samples: &samples, rows: &[0], scaling: &scaling }, 0..1, 0, 16, &mut block);
        assert_eq!(block[..4], [2.5, 6.0, 11.0, 0.0]);
    }
}

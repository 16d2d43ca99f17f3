//! A part of the samples held out for validation.

use crate::memory::{OutOfMemory, zeros};
use crate::numerics::random::{generator, shuffle};

/// The stream of the seed that splits; epochs count up from 1 and do not get here.
const STREAM: u32 = u32::MAX;

/// Rows to train on and rows held out, both in ascending order.
pub struct Split {
    /// Those to train on come first.
    rows: Box<[u32]>,
    training: usize,
}

impl Split {
    /// Holds out `fraction` of every class, rounded, chosen by the seed.
    pub fn new(labels: &[u16], classes: usize, fraction: f64, seed: u32) -> Result<Self, OutOfMemory> {
        // How many of every class are still to be held out.
        let mut quota: Box<[u32]> = zeros(classes)?;
        labels.iter().for_each(|&class| quota[usize::from(class)] += 1);
        quota.iter_mut().for_each(|count| *count = (f64::from(*count) * fraction + 0.5) as u32);
        let mut rows: Box<[u32]> = zeros(labels.len())?;
        rows.iter_mut().zip(0..).for_each(|(row, index)| *row = index);
        shuffle(&mut generator(seed, STREAM), &mut rows);
        let mut is_held_out: Box<[bool]> = zeros(labels.len())?;
        for &row in &rows {
            let quota = &mut quota[usize::from(labels[row as usize])];
            is_held_out[row as usize] = *quota > 0;
            *quota = quota.saturating_sub(1);
        }
        let select = |held_out| (0..).zip(&is_held_out).filter_map(move |(row, &out)| (out == held_out).then_some(row));
        rows.iter_mut().zip(select(false).chain(select(true))).for_each(|(row, selected)| *row = selected);
        Ok(Self { training: select(false).count(), rows })
    }

    /// Samples in all.
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    pub fn training(&self) -> &[u32] {
        &self.rows[..self.training]
    }

    pub fn validation(&self) -> &[u32] {
        &self.rows[self.training..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_split_holds_out_the_fraction_of_every_class_and_loses_no_row() {
        let classes: Vec<u16> = (0..100).map(|row| u16::from(row % 10 == 0)).collect();
        let split = Split::new(&classes, 2, 0.2, 5).unwrap();
        let held_out = |class| split.validation().iter().filter(|&&row| classes[row as usize] == class).count();
        assert_eq!((held_out(0), held_out(1)), (18, 2));
        let mut all = [split.training(), split.validation()].concat();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..100));
    }

    #[test]
    fn another_seed_holds_out_other_rows() {
        let classes = vec![0_u16; 50];
        let rows = |seed| Split::new(&classes, 1, 0.5, seed).unwrap().validation().to_vec();
        assert_eq!(rows(1), rows(1));
        assert_ne!(rows(1), rows(2));
    }
}

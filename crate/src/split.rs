//! A part of the samples held out for validation.

use crate::checked::Checked;
use crate::memory::zeros;
use crate::random::{generator, shuffle};
use alloc::vec::Vec;

/// The stream of the seed that splits; epochs count up from 1 and do not get here.
const STREAM: u32 = u32::MAX;

/// Rows to train on and rows held out, both in ascending order.
pub struct Split {
    rows: Vec<u32>,
    training: usize,
}

impl Split {
    /// Holds out `fraction` of every class, rounded, chosen by the seed.
    pub fn new(labels: &[u16], classes: usize, fraction: f64, seed: u32) -> Self {
        let mut counts: Vec<u32> = zeros(classes);
        labels.iter().for_each(|&class| *counts.at_mut(usize::from(class)) += 1);
        counts.iter_mut().for_each(|count| *count = (f64::from(*count) * fraction + 0.5) as u32);
        let mut rows: Vec<u32> = zeros(labels.len());
        rows.iter_mut().zip(0..).for_each(|(row, index)| *row = index);
        shuffle(&mut generator(seed, STREAM), &mut rows);
        let mut is_held_out: Vec<bool> = zeros(labels.len());
        let mut training = labels.len();
        for &row in &rows {
            let left = counts.at_mut(usize::from(*labels.at(row as usize)));
            if *left > 0 {
                *left -= 1;
                *is_held_out.at_mut(row as usize) = true;
                training -= 1;
            }
        }
        let mut next = [0, training];
        for (row, &out) in (0..).zip(&is_held_out) {
            let next = &mut next[usize::from(out)];
            *rows.at_mut(*next) = row;
            *next += 1;
        }
        Self { rows, training }
    }

    pub fn training(&self) -> &[u32] {
        self.rows.at(..self.training)
    }

    pub fn validation(&self) -> &[u32] {
        self.rows.at(self.training..)
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
        let split = Split::new(&classes, 2, 0.2, 5);
        let held_out = |class| split.validation().iter().filter(|&&row| classes[row as usize] == class).count();
        assert_eq!((held_out(0), held_out(1)), (18, 2));
        let mut all = [split.training(), split.validation()].concat();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..100));
    }

    #[test]
    fn another_seed_holds_out_other_rows() {
        let classes = vec![0_u16; 50];
        let rows = |seed| Split::new(&classes, 1, 0.5, seed).validation().to_vec();
        assert_eq!(rows(1), rows(1));
        assert_ne!(rows(1), rows(2));
    }
}

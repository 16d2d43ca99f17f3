//! A part of the samples held out for validation.

use crate::random::{generator, shuffle};

/// The stream of the seed that splits; epochs count up from 1 and do not get here.
const STREAM: u32 = u32::MAX;

/// Rows to train on and rows held out, both in ascending order.
pub struct Split {
    pub training: Vec<u32>,
    pub validation: Vec<u32>,
}

/// Holds out `fraction` of every class, rounded, chosen by the seed.
pub fn stratified(classes: &[u16], fraction: f64, seed: u32) -> Split {
    let mut rows: Vec<u32> = (0..classes.len() as u32).collect();
    shuffle(&mut generator(seed, STREAM), &mut rows);
    let mut counts = vec![0_usize; classes.iter().max().map_or(0, |&class| usize::from(class) + 1)];
    classes.iter().for_each(|&class| counts[usize::from(class)] += 1);
    let mut wanted: Vec<usize> = counts.iter().map(|&count| (count as f64 * fraction).round() as usize).collect();
    let mut held_out = vec![false; classes.len()];
    for row in rows {
        let left = &mut wanted[usize::from(classes[row as usize])];
        if *left > 0 {
            *left -= 1;
            held_out[row as usize] = true;
        }
    }
    let rows = |held: bool| (0..).zip(&held_out).filter(|&(_, &out)| out == held).map(|(row, _)| row).collect();
    Split { training: rows(false), validation: rows(true) }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_split_holds_out_the_fraction_of_every_class_and_loses_no_row() {
        let classes: Vec<u16> = (0..100).map(|row| u16::from(row % 10 == 0)).collect();
        let split = stratified(&classes, 0.2, 5);
        let held_out = |class| split.validation.iter().filter(|&&row| classes[row as usize] == class).count();
        assert_eq!((held_out(0), held_out(1)), (18, 2));
        let mut all = [split.training, split.validation].concat();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..100));
    }

    #[test]
    fn another_seed_holds_out_other_rows() {
        let classes = vec![0; 50];
        let rows = |seed| stratified(&classes, 0.5, seed).validation;
        assert_eq!(rows(1), rows(1));
        assert_ne!(rows(1), rows(2));
    }
}

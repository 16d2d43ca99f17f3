//! Softmax, cross-entropy and their gradient. The lanes of a vector are four samples.
//!
//! P = exp(Z − max Z) / Σ exp(Z − max Z), and log Σ exp(Z) = max Z + ln Σ exp(Z − max Z). Targets Y sum to 1, so the
//! loss of a sample is log Σ exp(Z) − Σ Y Z and its gradient with respect to Z is P − Y.

use crate::math::{exp, ln};
use crate::quads::{Quad, Quads};
use crate::samples::Targets;
use crate::simd::{F32x4, LANES};

/// What a batch came to.
#[derive(Clone, Copy, Default, Debug)]
pub struct Measure {
    /// Sum of the samples' losses, each times its weight.
    pub loss: f64,
    /// Sum of the samples' weights.
    pub weight: f64,
    /// Samples whose largest logit is the target's; the lowest index on ties.
    pub correct: u32,
}

impl Measure {
    pub fn add(&mut self, other: Measure) {
        self.loss += other.loss;
        self.weight += other.weight;
        self.correct += other.correct;
    }
}

/// What is minimised: the mean cross-entropy with targets (1 − ε) Y + ε / C, each sample as heavy as its weight.
#[derive(Clone, Copy, Default)]
pub struct Objective<'a> {
    /// ε.
    pub label_smoothing: f32,
    /// `[count]`, or nothing where all weigh 1.
    pub weights: Option<&'a [f32]>,
}

impl Objective<'_> {
    fn weight(&self, row: u32) -> f32 {
        self.weights.map_or(1.0, |weights| weights[row as usize])
    }
}

/// Turns logits into probabilities.
pub fn probabilities(logits: &mut Quads) {
    for (_, mut quad) in logits.iter_mut() {
        let (largest, _) = largest(&quad);
        normalise(&mut quad, largest);
    }
}

/// Turns the logits of the samples `rows` into probabilities and measures them against their targets.
pub fn measure(logits: &mut Quads, targets: &Targets, rows: &[u32], objective: Objective) -> Measure {
    let mut measure = Measure::default();
    for (first, mut quad) in logits.iter_mut() {
        let rows = &rows[first..rows.len().min(first + LANES)];
        let (largest, predicted) = largest(&quad);
        let mut expected = [0.0; LANES];
        for (lane, &row) in rows.iter().enumerate() {
            expected[lane] = target_logit(&mut quad, targets, row as usize, lane);
        }
        let expected = smoothed_logit(&quad, F32x4::from_array(expected), objective.label_smoothing);
        let loss = normalise(&mut quad, largest).sub(expected).to_array();
        let predicted = predicted.to_array();
        for (lane, &row) in rows.iter().enumerate() {
            let weight = f64::from(objective.weight(row));
            measure.loss += weight * f64::from(loss[lane]);
            measure.weight += weight;
            measure.correct += u32::from(predicted[lane] == target_class(targets, row as usize));
        }
    }
    measure
}

/// Turns the logits of the samples `rows` into the output gradient, that of the sum of their weighted losses, and
/// measures them.
pub fn gradient(logits: &mut Quads, targets: &Targets, rows: &[u32], objective: Objective) -> Measure {
    let measure = measure(logits, targets, rows, objective);
    let Objective { label_smoothing, weights } = objective;
    for (first, mut quad) in logits.iter_mut() {
        let rows = &rows[first..rows.len().min(first + LANES)];
        for (lane, &row) in rows.iter().enumerate() {
            subtract_target(&mut quad, targets, row as usize, lane, 1.0 - label_smoothing);
        }
        if label_smoothing > 0.0 {
            let share = F32x4::splat(label_smoothing / quad.classes() as f32);
            quad.update(|value| value.sub(share));
        }
        if weights.is_some() {
            let mut lanes = [0.0; LANES];
            rows.iter().zip(&mut lanes).for_each(|(&row, lane)| *lane = objective.weight(row));
            quad.update(|value| value.mul(F32x4::from_array(lanes)));
        }
        quad.clear_padding(rows.len());
    }
    measure
}

/// (1 − ε) Σ Y Z + ε / C Σ Z.
fn smoothed_logit(quad: &Quad, expected: F32x4, label_smoothing: f32) -> F32x4 {
    if label_smoothing == 0.0 {
        return expected;
    }
    let sum = (0..quad.classes()).fold(F32x4::splat(0.0), |sum, class| sum.add(quad.get(class)));
    let share = F32x4::splat(label_smoothing / quad.classes() as f32);
    expected.mul(F32x4::splat(1.0 - label_smoothing)).add(sum.mul(share))
}

/// The largest logit of each lane and its class, the lowest one on ties.
#[inline(always)]
fn largest(quad: &Quad) -> (F32x4, F32x4) {
    let mut largest = quad.get(0);
    let mut class = F32x4::splat(0.0);
    for candidate in 1..quad.classes() {
        let logit = quad.get(candidate);
        class = F32x4::splat(candidate as f32).where_less(largest, logit, class);
        largest = largest.maximum(logit);
    }
    (largest, class)
}

/// Turns logits into probabilities and returns log Σ exp(Z).
#[inline(always)]
fn normalise(quad: &mut Quad, largest: F32x4) -> F32x4 {
    let mut sum = F32x4::splat(0.0);
    for class in 0..quad.classes() {
        let exponential = exp(quad.get(class).sub(largest));
        quad.set(class, exponential);
        sum = sum.add(exponential);
    }
    let inverse = F32x4::splat(1.0).div(sum);
    for class in 0..quad.classes() {
        quad.set(class, quad.get(class).mul(inverse));
    }
    largest.add(ln(sum))
}

fn soft_row(values: &[f32], classes: usize, row: usize) -> &[f32] {
    &values[row * classes..][..classes]
}

/// Σ Y Z of one sample.
fn target_logit(quad: &mut Quad, targets: &Targets, row: usize, lane: usize) -> f32 {
    match targets {
        Targets::None => 0.0,
        Targets::Classes(classes) => *quad.lane(usize::from(classes[row]), lane),
        Targets::Soft { values, .. } => {
            let targets = soft_row(values, quad.classes(), row).iter().enumerate();
            targets.fold(0.0, |sum, (class, &target)| sum + target * *quad.lane(class, lane))
        }
    }
}

fn target_class(targets: &Targets, row: usize) -> f32 {
    match targets {
        Targets::None => -1.0,
        Targets::Classes(classes) | Targets::Soft { classes, .. } => f32::from(classes[row]),
    }
}

fn subtract_target(quad: &mut Quad, targets: &Targets, row: usize, lane: usize, share: f32) {
    match targets {
        Targets::None => {}
        Targets::Classes(classes) => *quad.lane(usize::from(classes[row]), lane) -= share,
        Targets::Soft { values, .. } => {
            for (class, &target) in soft_row(values, quad.classes(), row).iter().enumerate() {
                *quad.lane(class, lane) -= share * target;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Largest difference to float64 of a probability: a few roundings of float32 on values up to 1.
    const TOLERANCE: f64 = 1e-6;

    fn logit(row: usize, class: usize) -> f32 {
        (((row * 31 + class * 17) % 23) as f32 - 11.0) * 0.7
    }

    fn filled(rows: usize, classes: usize) -> Quads {
        let mut quads = Quads::new(classes);
        quads.resize(rows);
        for row in 0..rows {
            for class in 0..classes {
                let position = quads.position(row, class);
                quads.values_mut()[position] = logit(row, class);
            }
        }
        quads
    }

    fn oracle(row: usize, classes: usize) -> (Vec<f64>, f64) {
        let exponentials: Vec<f64> = (0..classes).map(|class| libm::exp(f64::from(logit(row, class)))).collect();
        let sum: f64 = exponentials.iter().sum();
        (exponentials.iter().map(|e| e / sum).collect(), libm::log(sum))
    }

    #[test]
    fn gradients_and_losses_agree_with_float64_for_every_number_of_rows() {
        for classes in [2, 3, 10, 17, 1000] {
            for rows in 1..=9 {
                let labels: Vec<u16> = (0..rows).map(|row| (row * 7 % classes) as u16).collect();
                let order: Vec<u32> = (0..rows as u32).collect();
                let mut quads = filled(rows, classes);
                let measure = gradient(&mut quads, &Targets::Classes(labels.clone()), &order, Objective::default());
                let mut loss = 0.0;
                for (row, &label) in labels.iter().enumerate() {
                    let (probabilities, log_sum) = oracle(row, classes);
                    loss += log_sum - f64::from(logit(row, usize::from(label)));
                    for (class, probability) in probabilities.into_iter().enumerate() {
                        let expected = probability - f64::from(class == usize::from(label));
                        let got = f64::from(quads.values()[quads.position(row, class)]);
                        assert!((got - expected).abs() < TOLERANCE, "{classes} {rows} {row} {class}: {got} {expected}");
                    }
                }
                assert!((measure.loss - loss).abs() < TOLERANCE * loss.abs().max(1.0) * 4.0);
                let live = rows * classes;
                assert_eq!(quads.values().iter().filter(|&&value| value != 0.0).count(), live);
            }
        }
    }

    #[test]
    fn a_one_hot_target_gives_what_its_class_gives() {
        let order: Vec<u32> = (0..5).collect();
        let classes: Vec<u16> = vec![2, 0, 1, 1, 2];
        let mut values = vec![0.0; 15];
        classes.iter().enumerate().for_each(|(row, &class)| values[row * 3 + usize::from(class)] = 1.0);
        let (mut by_class, mut by_target) = (filled(5, 3), filled(5, 3));
        let first = gradient(&mut by_class, &Targets::Classes(classes.clone()), &order, Objective::default());
        let second = gradient(&mut by_target, &Targets::Soft { values, classes }, &order, Objective::default());
        assert_eq!(by_class.values(), by_target.values());
        assert_eq!((first.loss, first.correct), (second.loss, second.correct));
    }

    #[test]
    fn the_lowest_class_wins_a_tie() {
        let mut quads = Quads::new(4);
        quads.resize(1);
        let measure = measure(&mut quads, &Targets::Classes(vec![0]), &[0], Objective::default());
        assert_eq!(measure.correct, 1);
    }

    #[test]
    fn label_smoothing_is_the_same_as_smoothed_targets() {
        let order: Vec<u32> = (0..6).collect();
        let classes: Vec<u16> = vec![2, 0, 1, 1, 2, 0];
        let mut values = vec![0.3_f32 / 3.0; 18];
        classes.iter().enumerate().for_each(|(row, &class)| values[row * 3 + usize::from(class)] += 0.7);
        let (mut smoothed, mut soft) = (filled(6, 3), filled(6, 3));
        let objective = Objective { label_smoothing: 0.3, weights: None };
        let first = gradient(&mut smoothed, &Targets::Classes(classes.clone()), &order, objective);
        let second = gradient(&mut soft, &Targets::Soft { values, classes }, &order, Objective::default());
        for (a, b) in smoothed.values().iter().zip(soft.values()) {
            assert!(f64::from(a - b).abs() < TOLERANCE);
        }
        assert!((first.loss - second.loss).abs() < 6.0 * TOLERANCE);
    }

    #[test]
    fn a_weight_of_two_is_the_same_as_a_sample_given_twice() {
        let mut weighted = filled(2, 3);
        let objective = Objective { label_smoothing: 0.0, weights: Some(&[1.0, 2.0]) };
        let targets = Targets::Classes(vec![0, 1]);
        let measure = gradient(&mut weighted, &targets, &[0, 1], objective);
        let mut single = filled(2, 3);
        let plain = gradient(&mut single, &targets, &[0, 1], Objective::default());
        assert_eq!((measure.weight, plain.weight, measure.correct), (3.0, 2.0, plain.correct));
        for class in 0..3 {
            let [weighted, single] = [&weighted, &single].map(|quads| quads.values()[quads.position(1, class)]);
            assert_eq!(weighted, 2.0 * single);
        }
    }
}

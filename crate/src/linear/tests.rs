//! The training step in float64, as plainly as the formulas: what every kernel is tested against.

use super::fixed16::Fixed16;
use super::float32::Float32;
use super::*;
use crate::data::samples::{Inputs, Samples, Targets};
use crate::softmax::Metrics;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Float32 sums of n products, each rounded, are off by about √n ε of their absolute sum; the bound is for n ≤ 4,096.
const FLOAT32_TOLERANCE: f64 = 4e-6;

/// Half a step of 1/32767 of the largest factor, in sums whose products may be eight times smaller than the largest.
const FIXED16_TOLERANCE: f64 = 4.0 / 32767.0;

struct Problem {
    samples: Samples,
    scaling: Scaling,
    weight: Vec<f32>,
    bias: Vec<f32>,
    rows: Vec<u32>,
}

/// A value in [−1, 1] that looks like no pattern.
fn value(index: usize) -> f32 {
    (index as u32).wrapping_mul(2_654_435_761).wrapping_shr(8) as f32 / 8_388_608.0 - 1.0
}

fn problem(count: usize, features: usize, classes: usize, bytes: bool) -> Problem {
    let mut samples = if bytes { Samples::uint8(count, features) } else { Samples::float32(count, features) }.unwrap();
    match &mut samples.inputs {
        Inputs::Uint8(values) => {
            values.iter_mut().enumerate().for_each(|(i, v)| *v = (value(i) * 127.0 + 127.0) as u8);
        }
        Inputs::Float32(values) => values.iter_mut().enumerate().for_each(|(i, v)| *v = value(i)),
    }
    samples.targets = Targets::Labels((0..count).map(|row| (row * 5 % classes) as u16).collect());
    let mut scaling = Scaling::new(features).unwrap();
    let unit = if bytes { 255.0 } else { 1.0 };
    let scale: Vec<f32> = (0..features).map(|i| (1.5 + value(i + 3)) / unit).collect();
    let shift: Vec<f32> = (0..features).map(|i| value(i + 11) * 0.1).collect();
    scaling.scale_mut().copy_from_slice(&scale);
    scaling.shift_mut().copy_from_slice(&shift);
    scaling.refresh();
    Problem {
        samples,
        scaling,
        weight: (0..classes * features).map(|i| value(i + 5) * 0.2).collect(),
        bias: (0..classes).map(|i| value(i + 7)).collect(),
        rows: (0..count as u32).rev().collect(),
    }
}

impl Problem {
    fn input(&self, row: u32, feature: usize) -> f64 {
        let position = row as usize * self.samples.features() + feature;
        let x = match &self.samples.inputs {
            Inputs::Uint8(values) => f64::from(values[position]),
            Inputs::Float32(values) => f64::from(values[position]),
        };
        x * f64::from(self.scaling.scale()[feature]) + f64::from(self.scaling.shift()[feature])
    }

    /// Z of one row, and the sum of the absolute values of its terms.
    fn logit(&self, row: u32, class: usize) -> (f64, f64) {
        let features = self.samples.features();
        let bias = f64::from(self.bias[class]);
        (0..features).fold((bias, bias.abs()), |(sum, absolute), feature| {
            let term = self.input(row, feature) * f64::from(self.weight[class * features + feature]);
            (sum + term, absolute + term.abs())
        })
    }

    /// dW of one weight for given dZ, and the sum of the absolute values of its terms.
    fn weight_gradient(&self, output_gradient: &[Vec<f32>], class: usize, feature: usize) -> (f64, f64) {
        self.rows.iter().enumerate().fold((0.0, 0.0), |(sum, absolute), (position, &row)| {
            let dz = f64::from(output_gradient[position][class]);
            let term = dz * self.input(row, feature);
            (sum + term, absolute + term.abs())
        })
    }

    fn parameters(&self) -> Vec<f32> {
        [self.weight.as_slice(), &self.bias].concat()
    }

    fn batch(&self) -> Batch<'_> {
        Batch { samples: &self.samples, rows: &self.rows, scaling: &self.scaling }
    }
}

fn assert_close(got: f32, (exact, magnitude): (f64, f64), tolerance: f64, what: &str) {
    let error = (f64::from(got) - exact).abs();
    assert!(error <= tolerance * (magnitude + 1.0), "{what}: got {got}, exact {exact}, magnitude {magnitude}");
}

/// The values `[rows, C]`.
fn rows_of(quads: &Quads) -> Vec<Vec<f32>> {
    let mut rows = vec![vec![0.0; quads.classes()]; quads.rows()];
    rows.iter_mut().enumerate().for_each(|(row, values)| quads.copy_row(row, values));
    rows
}

/// The one test of every kernel, block by block as a model computes a batch.
fn test_kernel<K: Kernel>(problem: &Problem, tolerance: f64) {
    let (features, classes, rows) = (problem.samples.features(), problem.bias.len(), problem.rows.len());
    let what = format!("D {features}, C {classes}, B {rows}");
    let mut layer: Linear<K> = Linear::new(features, classes).unwrap();
    layer.pack_parameters(&problem.parameters(), problem.batch().folded_scaling());
    let mut outputs = Quads::new(classes);
    outputs.reserve(rows.min(BLOCK_ROWS)).unwrap();
    let (mut output_gradient, mut gradient) = (vec![], vec![f32::NAN; classes * (features + 1)]);
    for part in parts(rows, BLOCK_ROWS) {
        let is_first = part.start == 0;
        let block = problem.batch().slice(part);
        outputs.begin(block.rows.len());
        layer.forward(&block, &mut outputs);
        for (logits, &row) in rows_of(&outputs).into_iter().zip(block.rows) {
            for (class, logit) in logits.into_iter().enumerate() {
                assert_close(logit, problem.logit(row, class), tolerance, &what);
            }
        }
        Metrics::default().differentiate(&mut outputs, &problem.samples, block.rows, 0.0);
        layer.backward(&block, &outputs, &mut gradient, is_first);
        output_gradient.append(&mut rows_of(&outputs));
    }
    for class in 0..classes {
        for feature in 0..features {
            let exact = problem.weight_gradient(&output_gradient, class, feature);
            assert_close(gradient[class * features + feature], exact, tolerance, &what);
        }
        let gradients = output_gradient.iter().map(|row| f64::from(row[class]));
        let exact = gradients.fold((0.0, 0.0), |(sum, absolute): (f64, f64), dz| (sum + dz, absolute + dz.abs()));
        assert_close(gradient[classes * features + class], exact, tolerance, &what);
    }
}

/// Every tail of features and of rows; for Miri one.
fn tails() -> impl Iterator<Item = usize> {
    if cfg!(miri) { 17..=17 } else { 1..=33 }
}

/// Sizes at which loops, panels and blocks begin and end; for Miri a small one.
fn sizes(all: &[usize]) -> impl Iterator<Item = usize> {
    all.iter().copied().filter(|&size| !cfg!(miri) || size == 17)
}

#[test]
fn float32_agrees_with_float64_for_every_tail_of_features_and_rows() {
    for bytes in [true, false] {
        for tail in tails() {
            test_kernel::<Float32>(&problem(5, tail, 3, bytes), FLOAT32_TOLERANCE);
            test_kernel::<Float32>(&problem(tail, 7, 3, bytes), FLOAT32_TOLERANCE);
        }
    }
}

#[test]
fn float32_agrees_with_float64_for_few_and_many_classes_features_and_rows() {
    for bytes in [true, false] {
        for classes in sizes(&[2, 3, 10, 17, 1000]) {
            test_kernel::<Float32>(&problem(6, 40, classes, bytes), FLOAT32_TOLERANCE);
        }
        for features in sizes(&[112, 113, 784, 1023, 1024, 1025, 4096]) {
            test_kernel::<Float32>(&problem(18, features, 3, bytes), FLOAT32_TOLERANCE);
        }
        for rows in sizes(&[255, 256, 257, 600]) {
            test_kernel::<Float32>(&problem(rows, 20, 3, bytes), FLOAT32_TOLERANCE);
        }
    }
}

#[test]
fn fixed16_agrees_with_float64_for_every_tail_of_features_and_rows() {
    for tail in tails() {
        test_kernel::<Fixed16>(&problem(5, tail, 3, true), FIXED16_TOLERANCE);
        test_kernel::<Fixed16>(&problem(tail, 7, 3, true), FIXED16_TOLERANCE);
    }
}

#[test]
fn fixed16_agrees_with_float64_for_few_and_many_classes_features_and_rows() {
    for classes in sizes(&[2, 3, 10, 17, 1000]) {
        test_kernel::<Fixed16>(&problem(6, 40, classes, true), FIXED16_TOLERANCE);
    }
    for features in sizes(&[112, 113, 784, 1023, 1024, 1025, 4096]) {
        test_kernel::<Fixed16>(&problem(18, features, 3, true), FIXED16_TOLERANCE);
    }
    for rows in sizes(&[255, 256, 257, 600]) {
        test_kernel::<Fixed16>(&problem(rows, 20, 3, true), FIXED16_TOLERANCE);
    }
}

#[test]
fn fixed16_rounds_a_logit_by_no_more_than_half_a_step_per_product() {
    let (rows, features) = if cfg!(miri) { (4, 20) } else { (40, 300) };
    let problem = problem(rows, features, 10, true);
    let mut layer: Linear<Fixed16> = Linear::new(features, 10).unwrap();
    layer.pack_parameters(&problem.parameters(), Some(&problem.scaling));
    let mut outputs = Quads::new(10);
    outputs.reserve(rows).unwrap();
    outputs.begin(rows);
    layer.forward(&problem.batch(), &mut outputs);
    let scale = problem.scaling.scale();
    for (logits, &row) in rows_of(&outputs).into_iter().zip(&problem.rows) {
        for (class, logit) in logits.into_iter().enumerate() {
            let folded =
                problem.weight[class * features..][..features].iter().zip(scale).map(|(&w, &s)| f64::from(w * s).abs());
            let step = folded.fold(0.0, f64::max) / 32767.0;
            let pixels = (0..features)
                .map(|d| (problem.input(row, d) - f64::from(problem.scaling.shift()[d])) / f64::from(scale[d]));
            // And the roundings of folding and of the result to float32.
            let bound = pixels.sum::<f64>() * step / 2.0 + 1e-5;
            assert!((f64::from(logit) - problem.logit(row, class).0).abs() <= bound);
        }
    }
}

#[test]
fn fixed16_sums_the_largest_bytes_and_weights_without_overflow() {
    for (rows, features) in if cfg!(miri) { vec![(9, 33)] } else { vec![(512, 784), (512, 1024), (512, 2048)] } {
        let mut problem = problem(rows, features, 2, true);
        let Inputs::Uint8(values) = &mut problem.samples.inputs else { unreachable!() };
        values.fill(255);
        problem.weight.fill(1.0);
        // All weights of a class are the largest one: they are quantized to 32767.
        problem.scaling.scale_mut().fill(1.0 / 255.0);
        problem.scaling.shift_mut().fill(0.0);
        problem.scaling.refresh();
        problem.samples.targets = Targets::Labels(vec![0; rows].into());
        test_kernel::<Fixed16>(&problem, FIXED16_TOLERANCE);
    }
}

#[test]
fn the_formula_of_the_gradient_agrees_with_finite_differences() {
    let mut problem = problem(4, 5, 3, false);
    let loss = |problem: &Problem| -> f64 {
        let loss_of = |&row: &u32| {
            let logits: Vec<f64> = (0..3).map(|class| problem.logit(row, class).0).collect();
            let log_sum = libm::log(logits.iter().map(|&z| libm::exp(z)).sum::<f64>());
            log_sum - logits[row as usize * 5 % 3]
        };
        problem.rows.iter().map(loss_of).sum()
    };
    let mut outputs = Quads::new(3);
    outputs.reserve(4).unwrap();
    outputs.begin(4);
    let mut layer: Linear<Float32> = Linear::new(5, 3).unwrap();
    layer.pack_parameters(&problem.parameters(), None);
    layer.forward(&problem.batch(), &mut outputs);
    Metrics::default().differentiate(&mut outputs, &problem.samples, &problem.rows, 0.0);
    let output_gradient = rows_of(&outputs);
    for index in 0..15 {
        let (analytic, _) = problem.weight_gradient(&output_gradient, index / 5, index % 5);
        let weight = problem.weight[index];
        // Float32 weights: a step that they hold exactly.
        let step = 1.0 / 1024.0;
        problem.weight[index] = weight + step;
        let above = (loss(&problem), f64::from(problem.weight[index]));
        problem.weight[index] = weight - step;
        let below = (loss(&problem), f64::from(problem.weight[index]));
        problem.weight[index] = weight;
        let difference = (above.0 - below.0) / (above.1 - below.1);
        assert!((analytic - difference).abs() < 2e-6, "{index}: {analytic} {difference}");
    }
}

/// Rows of the batch before.
const LARGER: usize = if BLOCK_ROWS < 32 { BLOCK_ROWS } else { 32 };

/// The bits of the output gradient and of the gradient of a batch, by a layer that a larger batch has used before, all of whose
/// values were `stale`.
fn after_stale_scratch<K: Kernel>(stale: f32, rows: usize, bytes: bool) -> Vec<u32> {
    let [mut before, after] = [LARGER, rows].map(|count| problem(count, 17, 3, bytes));
    before.weight.fill(stale);
    if let Inputs::Float32(values) = &mut before.samples.inputs {
        values.fill(stale);
    }
    let mut layer: Linear<K> = Linear::new(17, 3).unwrap();
    let mut outputs = Quads::new(3);
    outputs.reserve(LARGER).unwrap();
    outputs.poison(stale);
    let mut gradient = vec![stale; 3 * 18];
    for problem in [before, after] {
        layer.pack_parameters(&problem.parameters(), problem.batch().folded_scaling());
        outputs.begin(problem.rows.len());
        layer.forward(&problem.batch(), &mut outputs);
        Metrics::default().differentiate(&mut outputs, &problem.samples, &problem.rows, 0.0);
        layer.backward(&problem.batch(), &outputs, &mut gradient, true);
    }
    rows_of(&outputs).iter().flatten().chain(&gradient).map(|value| value.to_bits()).collect()
}

#[test]
fn what_a_batch_before_left_in_any_padding_changes_no_bit() {
    for rows in if cfg!(miri) { 3..=3 } else { 1..=9 } {
        for stale in
            if cfg!(miri) { vec![f32::NAN] } else { vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX] }
        {
            let float32 = |stale, bytes| after_stale_scratch::<Float32>(stale, rows, bytes);
            let fixed16 = |stale| after_stale_scratch::<Fixed16>(stale, rows, true);
            assert_eq!(float32(stale, false), float32(0.0, false));
            assert_eq!(float32(stale, true), float32(0.0, true));
            assert_eq!(fixed16(stale), fixed16(0.0));
        }
    }
}

#[test]
fn a_gradient_in_padding_is_zero_even_where_the_rows_are_not_finite() {
    let mut problem = problem(3, 5, 3, false);
    problem.weight.fill(f32::INFINITY);
    let mut layer: Linear<Float32> = Linear::new(5, 3).unwrap();
    let mut outputs = Quads::new(3);
    outputs.reserve(3).unwrap();
    outputs.begin(3);
    layer.pack_parameters(&problem.parameters(), None);
    layer.forward(&problem.batch(), &mut outputs);
    Metrics::default().differentiate(&mut outputs, &problem.samples, &problem.rows, 0.0);
    let quad = outputs.iter().next().unwrap();
    assert!(quad[..3].iter().all(|lanes| lanes[3] == 0.0));
    assert_eq!(quad[3], [0.0; LANES]);
}

//! What JavaScript sees: functions of numbers and of addresses in the module's memory. Arguments were checked there; sizes that
//! memory cannot hold give null.

use crate::memory::{boxed, try_zeros};
use crate::model::Model;
use crate::samples::{Inputs, Samples, Targets};
use crate::schedule::Schedule;
use crate::sgd::Sgd;
use crate::softmax::Measure;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ptr::null_mut;

/// The learning rate of a batch that comes after `done` of the `total` batches of a cosine from `initial` to `last`.
#[unsafe(export_name = "cosineRate")]
extern "C" fn cosine_rate(initial: f64, last: f64, done: f64, total: f64) -> f32 {
    Schedule::Cosine { initial, last }.rate(done, total, 0)
}

/// As [`cosine_rate`], on a straight line.
#[unsafe(export_name = "linearRate")]
extern "C" fn linear_rate(initial: f64, last: f64, done: f64, total: f64) -> f32 {
    Schedule::Linear { initial, last }.rate(done, total, 0)
}

/// The learning rate after `epochs` epochs, multiplied by `factor` after every `every` of them.
#[unsafe(export_name = "stepRate")]
extern "C" fn step_rate(initial: f64, factor: f64, every: u32, epochs: u32) -> f32 {
    Schedule::Step { initial, factor, every }.rate(0.0, 1.0, epochs)
}

fn address<T>(values: Option<&mut [T]>) -> *mut T {
    values.map_or(null_mut(), <[T]>::as_mut_ptr)
}

/// Room for `count` samples of bytes, or of float32.
#[unsafe(export_name = "createSamples")]
extern "C" fn create_samples(count: usize, features: usize, bytes: bool) -> *mut Samples {
    let samples = if bytes { Samples::uint8(count, features) } else { Samples::float32(count, features) };
    samples.map_or(null_mut(), boxed)
}

/// Frees them.
#[unsafe(export_name = "freeSamples")]
extern "C" fn free_samples(samples: Box<Samples>) {
    drop(samples);
}

/// The inputs `[count, D]`.
#[unsafe(no_mangle)]
extern "C" fn inputs(samples: &mut Samples) -> *mut u8 {
    match &mut samples.inputs {
        Inputs::Uint8(values) => values.as_mut_ptr(),
        Inputs::Float32(values) => values.as_mut_ptr().cast(),
    }
}

/// New uint16 classes `[count]`.
#[unsafe(export_name = "allocateClasses")]
extern "C" fn allocate_classes(samples: &mut Samples) -> *mut u16 {
    address(samples.allocate_classes())
}

/// New float32 targets `[count, C]`.
#[unsafe(export_name = "allocateTargets")]
extern "C" fn allocate_targets(samples: &mut Samples, classes: usize) -> *mut f32 {
    address(samples.allocate_soft(classes))
}

/// To be called once the targets are written.
#[unsafe(export_name = "rankTargets")]
extern "C" fn rank_targets(samples: &mut Samples) {
    samples.rank_soft();
}

/// Makes the samples unlabelled.
#[unsafe(export_name = "forgetTargets")]
extern "C" fn forget_targets(samples: &mut Samples) {
    samples.targets = Targets::None;
}

/// The class of every sample; null without targets.
#[unsafe(no_mangle)]
extern "C" fn classes(samples: &mut Samples) -> *mut u16 {
    address(match &mut samples.targets {
        Targets::None => None,
        Targets::Classes(classes) | Targets::Soft { classes, .. } => Some(classes),
    })
}

/// New float32 weights `[count]`: how much every sample counts in training.
#[unsafe(export_name = "allocateWeights")]
extern "C" fn allocate_weights(samples: &mut Samples) -> *mut f32 {
    address(samples.allocate_weights())
}

/// Makes all samples count 1.
#[unsafe(export_name = "forgetWeights")]
extern "C" fn forget_weights(samples: &mut Samples) {
    samples.weights = None;
}

/// Position of the first input that is NaN or infinite, or −1.
#[unsafe(export_name = "firstNonFinite")]
extern "C" fn first_non_finite(samples: &Samples) -> f64 {
    samples.first_non_finite().map_or(-1.0, |position| position as f64)
}

/// The classifier, and what its last batch came to.
pub struct Classifier {
    model: Model,
    measure: Measure,
    probabilities: Vec<f32>,
}

/// `fixed16` says whether bytes are computed in int16.
#[unsafe(export_name = "createModel")]
extern "C" fn create_model(features: usize, classes: usize, fixed16: bool) -> *mut Classifier {
    let model = Model::new(features, classes, fixed16);
    boxed(Classifier { model, measure: Measure::default(), probabilities: Vec::new() })
}

/// Frees it.
#[unsafe(export_name = "freeModel")]
extern "C" fn free_model(classifier: Box<Classifier>) {
    drop(classifier);
}

/// W ~ N(0, deviation²) by the seed, b = 0.
#[unsafe(no_mangle)]
extern "C" fn initialize(classifier: &mut Classifier, seed: u32, deviation: f64) {
    classifier.model.initialize(seed, deviation);
}

/// W `[C, D]` followed by b `[C]`.
#[unsafe(no_mangle)]
extern "C" fn parameters(classifier: &mut Classifier) -> *mut f32 {
    classifier.model.parameters.as_mut_ptr()
}

/// The scale of every feature `[D]`, for x' = x · scale + shift.
#[unsafe(no_mangle)]
extern "C" fn scale(classifier: &mut Classifier) -> *mut f32 {
    classifier.model.scaling.scale_mut().as_mut_ptr()
}

/// The shift of every feature `[D]`.
#[unsafe(no_mangle)]
extern "C" fn shift(classifier: &mut Classifier) -> *mut f32 {
    classifier.model.scaling.shift_mut().as_mut_ptr()
}

/// To be called once scale and shift are written.
#[unsafe(export_name = "settleScaling")]
extern "C" fn settle_scaling(classifier: &mut Classifier) {
    classifier.model.scaling.settle();
}

/// How the following steps are taken, as torch.optim.SGD has it.
#[unsafe(export_name = "setOptimizer")]
extern "C" fn set_optimizer(
    classifier: &mut Classifier,
    momentum: f32,
    nesterov: bool,
    weight_decay: f32,
    decay_bias: bool,
    label_smoothing: f32,
) {
    classifier.model.sgd = Sgd { momentum, nesterov, weight_decay, decay_bias };
    classifier.model.label_smoothing = label_smoothing;
}

/// Momentum's memory, laid out as the parameters; null before the first step with momentum.
#[unsafe(no_mangle)]
extern "C" fn velocity(classifier: &mut Classifier) -> *mut f32 {
    let velocity = &mut classifier.model.velocity;
    address((!velocity.is_empty()).then_some(velocity))
}

/// As [`velocity`], zeros where there was none.
#[unsafe(export_name = "allocateVelocity")]
extern "C" fn allocate_velocity(classifier: &mut Classifier) -> *mut f32 {
    classifier.model.allocate_velocity().as_mut_ptr()
}

/// Forgets momentum's memory.
#[unsafe(export_name = "forgetVelocity")]
extern "C" fn forget_velocity(classifier: &mut Classifier) {
    classifier.model.velocity = Vec::new();
}

/// Holds out a fraction of every class from the epochs that follow, or none. Returns how many samples are left.
#[unsafe(export_name = "holdOut")]
extern "C" fn hold_out(classifier: &mut Classifier, samples: &Samples, fraction: f64, seed: u32) -> usize {
    classifier.model.release_held_out();
    match &samples.targets {
        Targets::Classes(classes) | Targets::Soft { classes, .. } if fraction > 0.0 => {
            classifier.model.hold_out(classes, fraction, seed)
        }
        _ => samples.count(),
    }
}

/// Lays down the order of an epoch: shuffled by the seed's stream `epoch`, or as the samples are.
#[unsafe(export_name = "beginEpoch")]
extern "C" fn begin_epoch(classifier: &mut Classifier, count: usize, shuffled: bool, seed: u32, epoch: u32) {
    classifier.model.begin_epoch(count, shuffled.then_some((seed, epoch)));
}

/// One step on the positions from `start` to `end` of the epoch's order. Returns the sum of the losses before it.
#[unsafe(no_mangle)]
extern "C" fn train(
    classifier: &mut Classifier,
    samples: &Samples,
    start: usize,
    end: usize,
    learning_rate: f32,
) -> f64 {
    classifier.measure = classifier.model.train(samples, start..end, learning_rate);
    classifier.measure.loss
}

/// Returns the sum of the losses of all samples, or of those held out.
#[unsafe(no_mangle)]
extern "C" fn evaluate(classifier: &mut Classifier, samples: &Samples, held_out: bool) -> f64 {
    classifier.measure = classifier.model.evaluate(samples, held_out);
    classifier.measure.loss
}

/// Sum of the weights of the samples of the last `train` or `evaluate`.
#[unsafe(export_name = "measuredWeight")]
extern "C" fn measured_weight(classifier: &Classifier) -> f64 {
    classifier.measure.weight
}

/// Samples of the last `train` or `evaluate` whose largest logit was the target's.
#[unsafe(no_mangle)]
extern "C" fn correct(classifier: &Classifier) -> u32 {
    classifier.measure.correct
}

/// The probabilities `[end − start, C]`, valid until the next call; null where memory does not suffice.
#[unsafe(no_mangle)]
extern "C" fn predict(classifier: &mut Classifier, samples: &Samples, start: usize, end: usize) -> *mut f32 {
    let Classifier { model, probabilities, .. } = classifier;
    let length = (end - start) * model.classes();
    if probabilities.len() < length {
        *probabilities = Vec::new();
        match try_zeros(length) {
            Some(zeros) => *probabilities = zeros,
            None => return null_mut(),
        }
    }
    model.predict(samples, start..end, probabilities);
    probabilities.as_mut_ptr()
}

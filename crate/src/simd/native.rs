/// Four float32 lanes.
#[derive(Clone, Copy)]
pub struct F32x4([f32; 4]);

impl F32x4 {
    #[inline(always)]
    fn with(self, other: Self, operation: impl Fn(f32, f32) -> f32) -> Self {
        Self(core::array::from_fn(|lane| operation(self.0[lane], other.0[lane])))
    }

    #[inline(always)]
    pub fn splat(value: f32) -> Self {
        Self([value; 4])
    }

    #[inline(always)]
    pub fn from_array(lanes: [f32; 4]) -> Self {
        Self(lanes)
    }

    #[inline(always)]
    pub fn to_array(self) -> [f32; 4] {
        self.0
    }

    #[inline(always)]
    pub fn lanes_mut(&mut self) -> &mut [f32; 4] {
        &mut self.0
    }

    /// # Safety
    /// `source` must be readable for four values; it need not be aligned.
    #[inline(always)]
    pub unsafe fn load(source: *const f32) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { source.cast::<[f32; 4]>().read_unaligned() })
    }

    /// # Safety
    /// `source` must be readable for one value.
    #[inline(always)]
    pub unsafe fn load_splat(source: *const f32) -> Self {
        // SAFETY: the caller's promise.
        Self([unsafe { source.read_unaligned() }; 4])
    }

    /// # Safety
    /// `target` must be writable for four values; it need not be aligned.
    #[inline(always)]
    pub unsafe fn store(self, target: *mut f32) {
        // SAFETY: the caller's promise.
        unsafe { target.cast::<[f32; 4]>().write_unaligned(self.0) }
    }

    /// Sixteen bytes as sixteen float32.
    ///
    /// # Safety
    /// `source` must be readable for sixteen bytes.
    #[inline(always)]
    pub unsafe fn load_bytes(source: *const u8) -> [Self; 4] {
        // SAFETY: the caller's promise.
        let bytes = unsafe { source.cast::<[[u8; 4]; 4]>().read_unaligned() };
        bytes.map(|four| Self(four.map(f32::from)))
    }

    #[inline(always)]
    #[allow(clippy::should_implement_trait)]
    pub fn add(self, other: Self) -> Self {
        self.with(other, |a, b| a + b)
    }

    #[inline(always)]
    #[allow(clippy::should_implement_trait)]
    pub fn sub(self, other: Self) -> Self {
        self.with(other, |a, b| a - b)
    }

    #[inline(always)]
    #[allow(clippy::should_implement_trait)]
    pub fn mul(self, other: Self) -> Self {
        self.with(other, |a, b| a * b)
    }

    #[inline(always)]
    #[allow(clippy::should_implement_trait)]
    pub fn div(self, other: Self) -> Self {
        self.with(other, |a, b| a / b)
    }

    /// `other` where it is larger, else `self` (also where either is NaN).
    #[inline(always)]
    pub fn maximum(self, other: Self) -> Self {
        self.with(other, |a, b| if a < b { b } else { a })
    }

    #[inline(always)]
    pub fn abs(self) -> Self {
        Self(self.0.map(f32::abs))
    }

    /// Rounded to the nearest integer, halves to even.
    #[inline(always)]
    pub fn nearest(self) -> Self {
        Self(self.0.map(f32::round_ties_even))
    }

    /// 2^self for lanes that hold integers from −126 to 127.
    #[inline(always)]
    pub fn exp2_integer(self) -> Self {
        Self(self.0.map(|lane| f32::from_bits(((lane as i32).wrapping_add(127) << 23) as u32)))
    }

    /// Positive normal lanes as (m, e): m in [√½, √2), value = m · 2^e.
    #[inline(always)]
    pub fn split_exponent(self) -> (Self, Self) {
        let exponent = self.0.map(|lane| (lane.to_bits().wrapping_sub(SQRT_HALF_BITS) as i32) >> 23);
        let mantissa = core::array::from_fn(|lane| {
            f32::from_bits(self.0[lane].to_bits().wrapping_sub((exponent[lane] << 23) as u32))
        });
        (Self(mantissa), Self(exponent.map(|lane| lane as f32)))
    }

    /// `self` where `left` < `right`, else `other`.
    #[inline(always)]
    pub fn where_less(self, left: Self, right: Self, other: Self) -> Self {
        Self(core::array::from_fn(|lane| if left.0[lane] < right.0[lane] { self.0[lane] } else { other.0[lane] }))
    }

    /// (a₀, b₀, a₁, b₁).
    #[inline(always)]
    pub fn zip_low(self, other: Self) -> Self {
        Self([self.0[0], other.0[0], self.0[1], other.0[1]])
    }

    /// (a₂, b₂, a₃, b₃).
    #[inline(always)]
    pub fn zip_high(self, other: Self) -> Self {
        Self([self.0[2], other.0[2], self.0[3], other.0[3]])
    }

    /// (a₀, a₁, b₀, b₁).
    #[inline(always)]
    pub fn join_low(self, other: Self) -> Self {
        Self([self.0[0], self.0[1], other.0[0], other.0[1]])
    }

    /// (a₂, a₃, b₂, b₃).
    #[inline(always)]
    pub fn join_high(self, other: Self) -> Self {
        Self([self.0[2], self.0[3], other.0[2], other.0[3]])
    }
}

/// Eight int16 lanes.
#[derive(Clone, Copy)]
pub struct I16x8([i16; 8]);

impl I16x8 {
    /// # Safety
    /// `source` must be readable for eight values; it need not be aligned.
    #[inline(always)]
    pub unsafe fn load(source: *const i16) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { source.cast::<[i16; 8]>().read_unaligned() })
    }

    /// Two values, four times.
    ///
    /// # Safety
    /// `source` must be readable for two values; it need not be aligned.
    #[inline(always)]
    pub unsafe fn load_pair(source: *const i16) -> Self {
        // SAFETY: the caller's promise.
        let pair = unsafe { source.cast::<[i16; 2]>().read_unaligned() };
        Self(core::array::from_fn(|lane| pair[lane % 2]))
    }

    /// # Safety
    /// `target` must be writable for eight values; it need not be aligned.
    #[inline(always)]
    pub unsafe fn store(self, target: *mut i16) {
        // SAFETY: the caller's promise.
        unsafe { target.cast::<[i16; 8]>().write_unaligned(self.0) }
    }

    /// Eight bytes as eight int16.
    ///
    /// # Safety
    /// `source` must be readable for eight bytes.
    #[inline(always)]
    pub unsafe fn load_bytes(source: *const u8) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { source.cast::<[u8; 8]>().read_unaligned() }.map(i16::from))
    }

    /// Two vectors rounded to the nearest integers, halves to even, and limited to int16.
    #[inline(always)]
    pub fn round(low: F32x4, high: F32x4) -> Self {
        // The cast saturates.
        Self(core::array::from_fn(|lane| [low.0, high.0][lane / 4][lane % 4].round_ties_even() as i16))
    }

    /// Stores the first four lanes.
    ///
    /// # Safety
    /// `target` must be writable for four values; it need not be aligned.
    #[inline(always)]
    pub unsafe fn store_half(self, target: *mut i16) {
        for lane in 0..4 {
            // SAFETY: the caller's promise.
            unsafe { target.add(lane).write_unaligned(self.0[lane]) }
        }
    }

    /// a₀b₀ + a₁b₁, a₂b₂ + a₃b₃, … as four int32.
    #[inline(always)]
    pub fn dot(self, other: Self) -> I32x4 {
        let product = |lane: usize| i32::from(self.0[lane]) * i32::from(other.0[lane]);
        I32x4(core::array::from_fn(|lane| product(2 * lane).wrapping_add(product(2 * lane + 1))))
    }
}

/// Stores sixteen bytes of each of two rows, taken in turns: (a₀, b₀, a₁, b₁, …).
///
/// # Safety
/// `a` and `b` must be readable for sixteen bytes, `target` writable for 32.
#[inline(always)]
pub unsafe fn interleave_bytes(a: *const u8, b: *const u8, target: *mut u8) {
    for index in 0..16 {
        // SAFETY: the caller's promise.
        unsafe {
            target.add(2 * index).write(a.add(index).read());
            target.add(2 * index + 1).write(b.add(index).read());
        }
    }
}

/// Four int32 lanes.
#[derive(Clone, Copy)]
pub struct I32x4([i32; 4]);

impl I32x4 {
    #[inline(always)]
    pub fn zero() -> Self {
        Self([0; 4])
    }

    #[inline(always)]
    #[allow(clippy::should_implement_trait)]
    pub fn add(self, other: Self) -> Self {
        // Without wrapping: an overflow is to fail the tests.
        Self(core::array::from_fn(|lane| self.0[lane] + other.0[lane]))
    }

    #[inline(always)]
    pub fn to_f32(self) -> F32x4 {
        F32x4(self.0.map(|lane| lane as f32))
    }

    /// The sums of four vectors as the lanes of one, times `factor` plus `offset`: exact in float64 until one last rounding.
    #[inline(always)]
    pub fn scaled_sums(vectors: [I32x4; 4], factor: f64, offset: f64) -> F32x4 {
        F32x4(vectors.map(|vector| {
            let sum: f64 = vector.0.into_iter().map(f64::from).sum();
            (sum * factor + offset) as f32
        }))
    }
}

const SQRT_HALF_BITS: u32 = 0x3f35_04f3;

/// The square root.
pub fn sqrt(value: f64) -> f64 {
    value.sqrt()
}

//! The only chance. A draw depends on the seed, a name and a count, and on nothing else, so that a run can be repeated
//! whatever runs beside it.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// A seed from which every draw follows.
///
/// ```
/// use counterpart::dice::Dice;
/// let dice = Dice::new(7);
/// assert_eq!(dice.share("flaky", 3), Dice::new(7).share("flaky", 3));
/// assert_ne!(dice.share("flaky", 3), dice.share("flaky", 4));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dice {
    seed: u64,
}

impl Dice {
    /// Dice for a seed.
    pub const fn new(seed: u64) -> Dice {
        Dice { seed }
    }

    /// The seed that a text stands for.
    pub fn seed_of(text: &str) -> u64 {
        Dice::new(0).branch(text).seed
    }

    /// Dice of their own for a part of the work, such as a session.
    #[must_use]
    pub fn branch(&self, name: &str) -> Dice {
        Dice { seed: xxh3_64_with_seed(name.as_bytes(), self.seed) }
    }

    /// A number from 0 up to but not including 1.
    pub fn share(&self, name: &str, nth: u64) -> f64 {
        self.stream(name, nth).random::<f64>()
    }

    /// Thirty-two hexadecimal digits.
    pub fn hex(&self, name: &str, nth: u64) -> String {
        let mut text = String::with_capacity(32);
        self.write_hex(name, nth, &mut text);
        text
    }

    /// Writes thirty-two hexadecimal digits.
    pub fn write_hex(&self, name: &str, nth: u64, out: &mut String) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let number = self.stream(name, nth).random::<u128>();
        let pairs = number.to_be_bytes().map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        out.push_str(std::str::from_utf8(pairs.as_flattened()).unwrap_or_default());
    }

    /// Twenty-six characters of Crockford's base 32, of which the first ten rise with the count, as they do with time in a ULID.
    ///
    /// ```
    /// use counterpart::dice::Dice;
    /// let (first, second) = (Dice::new(7).ulid("merges", 1), Dice::new(7).ulid("merges", 2));
    /// assert_eq!(first.len(), 26);
    /// assert!(first < second);
    /// ```
    pub fn ulid(&self, name: &str, nth: u64) -> String {
        const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let mut stream = self.stream(name, nth);
        let tail: String = (0..16).map(|_| char::from(ALPHABET[stream.random_range(0..32)])).collect();
        let head: String =
            (0..10).rev().map(|digit| char::from(ALPHABET[((nth >> (5 * digit)) & 31) as usize])).collect();
        format!("{head}{tail}")
    }

    /// A number after the other for one purpose.
    ///
    /// ```
    /// use counterpart::dice::Dice;
    /// let (mut one, mut other) = (Dice::new(7).draws("name", 1), Dice::new(7).draws("name", 1));
    /// assert_eq!(one.below(1000), other.below(1000));
    /// ```
    pub fn draws(&self, name: &str, nth: u64) -> Draws {
        Draws { stream: self.stream(name, nth) }
    }

    /// An endless source of numbers for one purpose.
    fn stream(&self, name: &str, nth: u64) -> Xoshiro256PlusPlus {
        let seed = xxh3_64_with_seed(name.as_bytes(), self.seed).wrapping_add(nth.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        Xoshiro256PlusPlus::seed_from_u64(seed)
    }
}

/// Draws that follow one another. The same dice, name and count give the same ones.
#[derive(Debug, Clone)]
pub struct Draws {
    stream: Xoshiro256PlusPlus,
}

impl Draws {
    /// A number from 0 up to but not including `end`; 0 where there is none.
    pub fn below(&mut self, end: u64) -> u64 {
        if end == 0 { 0 } else { self.stream.random_range(0..end) }
    }

    /// One of a list, which must not be empty.
    pub fn one_of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len() as u64) as usize]
    }

    /// A number from 0 up to but not including 1.
    pub fn share(&mut self) -> f64 {
        self.stream.random::<f64>()
    }
}

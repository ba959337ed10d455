//! How far counts lie from what pure chance gives, in standard deviations.
//!
//! Each measure is about standard normal when chance is pure. Chi-squares are brought to that scale by the cube root of
//! Wilson and Hilferty (1931), which at these degrees of freedom is off by a few percent in the tail: enough to tell
//! chance from a fault.

#![expect(clippy::float_arithmetic, reason = "statistics of tests; no mark, paper or record comes of them")]

/// The most standard deviations that a test accepts, to either side: pure chance passes it once in a million
/// (2 · (1 − Φ(4.892)) = 10⁻⁶). Seeds are fixed, so a test that passes passes always; a limit this wide means that its seeds
/// did not have to be chosen, and the broken shuffles beside the tests show that it is narrow enough.
pub(super) const MOST: f64 = 4.892;

/// Chi-square of `degrees` degrees of freedom as standard deviations.
pub(super) fn deviations(chi_square: f64, degrees: f64) -> f64 {
    let spread = 2.0 / (9.0 * degrees);
    ((chi_square / degrees).cbrt() - (1.0 - spread)) / spread.sqrt()
}

/// Independent observations in classes against the number expected of each.
pub(super) fn classes(counts: &[u32], expected: &[f64]) -> f64 {
    let chi_square: f64 = counts.iter().zip(expected).map(|(o, e)| (f64::from(*o) - e).powi(2) / e).sum();
    deviations(chi_square, counts.len() as f64 - 1.0)
}

/// Whether each element of permutations stands in each place equally often.
///
/// Rows and columns of the table have fixed sums, and (k − 1) / k times its chi-square has (k − 1)² degrees of freedom.
pub(super) fn places(permutations: &[Vec<usize>]) -> f64 {
    let size = permutations[0].len();
    let mut table = vec![0_u32; size * size];
    for permutation in permutations {
        permutation.iter().enumerate().for_each(|(place, element)| table[place * size + element] += 1);
    }
    let (k, expected) = (size as f64, permutations.len() as f64 / size as f64);
    let chi_square: f64 = table.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
    deviations(chi_square * (k - 1.0) / k, (k - 1.0).powi(2))
}

/// Whether each element is the first equally often.
pub(super) fn first(permutations: &[Vec<usize>]) -> f64 {
    let size = permutations[0].len();
    let mut counts = vec![0_u32; size];
    permutations.iter().for_each(|permutation| counts[permutation[0]] += 1);
    classes(&counts, &vec![permutations.len() as f64 / size as f64; size])
}

/// Whether each two elements are together in the first half equally often: the pair that is furthest from it. It is scaled
/// down so that the furthest of all pairs reaches [`MOST`] no more often than a single one would (Bonferroni).
pub(super) fn pairs(permutations: &[Vec<usize>]) -> f64 {
    let (size, n) = (permutations[0].len(), permutations.len() as f64);
    let half = size / 2;
    let mut together = vec![0_u32; size * size];
    for permutation in permutations {
        for one in &permutation[..half] {
            permutation[..half].iter().filter(|other| one < *other).for_each(|other| together[one * size + other] += 1);
        }
    }
    let chance = (half * (half - 1)) as f64 / (size * (size - 1)) as f64;
    let furthest = (0..size)
        .flat_map(|one| (one + 1..size).map(move |other| one * size + other))
        .map(|pair| ((f64::from(together[pair]) - n * chance) / (n * chance * (1.0 - chance)).sqrt()).abs())
        .fold(0.0, f64::max);
    // One pair of 28 reaches 5.52 as often as a single one reaches 4.892: p = 10⁻⁶ / 28.
    furthest * MOST / 5.52
}

/// Whether two permutations that belong together are independent: by their first elements.
pub(super) fn independence(permutations: &[(Vec<usize>, Vec<usize>)]) -> f64 {
    let size = permutations[0].0.len();
    let mut table = vec![0_u32; size * size];
    permutations.iter().for_each(|(one, other)| table[one[0] * size + other[0]] += 1);
    classes(&table, &vec![permutations.len() as f64 / (size * size) as f64; size * size])
}

/// The runs test of Wald and Wolfowitz (1940): whether ones and zeros follow each other by chance.
pub(super) fn runs(bits: &[bool]) -> f64 {
    let ones = bits.iter().filter(|bit| **bit).count() as f64;
    let (n, zeros) = (bits.len() as f64, bits.len() as f64 - ones);
    let runs = 1.0 + bits.windows(2).filter(|pair| pair[0] != pair[1]).count() as f64;
    let mean = 2.0 * ones * zeros / n + 1.0;
    let variance = (mean - 1.0) * (mean - 2.0) / (n - 1.0);
    (runs - mean) / variance.sqrt()
}

// By hand, and from the tables of NIST's handbook (1.3.6.7.4): the upper 0.1 % of chi-square, where Φ⁻¹(0.999) = 3.090.
#[test]
fn measures_are_those_of_the_books() {
    for (chi_square, degrees) in [(18.467, 4.0), (24.322, 7.0), (85.351, 49.0), (103.442, 63.0)] {
        assert!((deviations(chi_square, degrees) - 3.090).abs() < 0.06, "{degrees} degrees");
    }
    // Three of four classes twice too full: (20 − 10)² / 10 · 3 + (0 − 10)² / 10 = 40 with 3 degrees.
    assert!((classes(&[20, 20, 20, 0], &[10.0; 4]) - deviations(40.0, 3.0)).abs() < 1e-9);
    // Ones and zeros by turns, 10 of each: 20 runs where 11 are expected with variance 10 · 9 / 19.
    let bits: Vec<bool> = (0..20).map(|place| place % 2 == 0).collect();
    assert!((runs(&bits) - 9.0 / (90.0_f64 / 19.0).sqrt()).abs() < 1e-9);
    // All of one order: each of the k² places is n or 0, so chi-square is n (k − 1) · k, here 10 · 2 · 3 · 2 / 3 = 40.
    assert!((places(&vec![vec![0, 1, 2]; 10]) - deviations(40.0, 4.0)).abs() < 1e-9);
    // Two of four are together in each of 60; expected 60 / 6 with variance 60 · 1 / 6 · 5 / 6.
    assert!((pairs(&vec![vec![0, 1, 2, 3]; 60]) - 50.0 / (60.0_f64 * 5.0 / 36.0).sqrt() * MOST / 5.52).abs() < 1e-9);
}

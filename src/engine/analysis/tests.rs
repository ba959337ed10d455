use super::*;

fn marks(most: Option<&[&str]>, rows: &[&[&str]]) -> Result<Marks, Box<dyn std::error::Error>> {
    let read = |texts: &[&str]| texts.iter().map(|text| text.parse::<Mark>()).collect::<Result<Vec<Mark>, _>>();
    let count = rows.first().map_or(0, |row| row.len());
    let items = (1..=count).map(|number| format!("q{number}")).collect();
    let mut marks = Marks::new(items, most.map(read).transpose()?)?;
    for row in rows {
        marks.push(&read(row)?)?;
    }
    Ok(marks)
}

fn is_near(found: Option<f64>, expected: f64) -> bool {
    found.is_some_and(|found| (found - expected).abs() < 1e-12)
}

// By hand. Four people, three items: totals 3, 2, 1, 0 with mean 1.5 and variance 5/3. Variances:
// q1 (1,1,1,0) 1/4, q2 (1,1,0,0) 1/3, q3 (1,0,0,0) 1/4; their sum is 5/6, so alpha = 3/2 (1 − 1/2)
// = 3/4. q2 with the rest (2,1,1,0): covariance 1/3 · (1/2·1 + 1/2·0 + 1/2·0 + 1/2·1) = 1/3,
// variance of the rest 2/3, correlation (1/3) / sqrt(1/3 · 2/3) = 1/√2, and no other order gives a
// greater covariance.
#[test]
fn figures_agree_with_those_worked_out_by_hand() -> Result<(), Box<dyn std::error::Error>> {
    let rows: [&[&str]; 4] = [&["1", "1", "1"], &["1", "1", "0"], &["1", "0", "0"], &["0", "0", "0"]];
    let found = analyze(&marks(Some(&["1", "1", "1"]), &rows)?);
    assert!(is_near(Some(found.mean), 1.5) && is_near(found.standard_deviation, (5.0_f64 / 3.0).sqrt()));
    assert!(is_near(found.alpha, 0.75) && is_near(found.kr_20, 0.75));
    assert!(is_near(found.standard_error, (5.0_f64 / 12.0).sqrt()));
    let second = &found.items[1];
    assert!(is_near(second.facility, 0.5) && is_near(second.standard_deviation, (1.0_f64 / 3.0).sqrt()));
    assert!(
        is_near(second.rest_correlation, 0.5_f64.sqrt())
            && is_near(second.discrimination_index, 100.0 * 0.5_f64.sqrt())
    );
    assert!(is_near(second.discriminative_efficiency, 100.0));
    assert!(found.items.iter().all(|item| !item.perhaps_miskeyed), "four people are not enough");
    Ok(())
}

#[test]
fn what_is_not_defined_is_not_given() -> Result<(), Box<dyn std::error::Error>> {
    let one = analyze(&marks(None, &[&["1", "0.5"]])?);
    assert_eq!((one.standard_deviation, one.alpha, one.standard_error), (None, None, None));
    let same = analyze(&marks(None, &[&["1", "0"], &["1", "2"], &["1", "1"]])?);
    assert_eq!((same.items[0].rest_correlation, same.items[0].discriminative_efficiency), (None, None));
    assert_eq!((same.items[1].facility, same.kr_20), (None, None), "greatest marks are not known, and marks differ");
    Ok(())
}

// Catches a turned key: everybody who knows the rest gets this item wrong.
#[test]
fn an_item_against_the_others_is_perhaps_miskeyed() -> Result<(), Box<dyn std::error::Error>> {
    let rows: Vec<[&str; 3]> =
        (0..50).map(|person| if person % 2 == 0 { ["1", "1", "0"] } else { ["0", "0", "1"] }).collect();
    let rows: Vec<&[&str]> = rows.iter().map(<[&str; 3]>::as_slice).collect();
    let found = analyze(&marks(None, &rows)?);
    let flagged: Vec<bool> = found.items.iter().map(|item| item.perhaps_miskeyed).collect();
    assert_eq!(flagged, [false, false, true], "the rest of the others is 1 for everybody");
    assert!(is_near(found.items[2].rest_correlation, -1.0));
    let few = analyze(&marks(None, &rows[..49])?);
    assert!(few.items.iter().all(|item| !item.perhaps_miskeyed));
    Ok(())
}

#[test]
fn marks_are_exact_and_bounded() {
    for (text, shown) in
        [("0", "0"), ("1.50", "1.5"), ("-0.25", "-0.25"), ("100000", "100000"), ("0.3333", "0.3333"), ("1.00000", "1")]
    {
        assert_eq!(text.parse::<Mark>().map(|mark| mark.to_string()), Ok(shown.to_owned()), "{text}");
    }
    for wrong in ["", "a", "1,5", ".5", "1.", "1e3", "100000.5", "0.33333", "NaN", "+1", "--1", "99999999999999999999"]
    {
        assert!(wrong.parse::<Mark>().is_err(), "{wrong}");
    }
    assert_eq!(Marks::new(Vec::new(), None), Err(MarksError::Items(0)));
}

#[test]
fn a_mark_above_the_greatest_is_refused() -> Result<(), Box<dyn std::error::Error>> {
    assert!(marks(Some(&["1", "2"]), &[&["1", "2"]]).is_ok());
    let mut small = marks(Some(&["1", "2"]), &[&["1", "2"]])?;
    assert_eq!(small.push(&["0".parse()?, "2.5".parse()?]), Err(MarksError::AboveMost { place: 1 }));
    assert_eq!(small.push(&["0".parse()?]), Err(MarksError::Length { found: 1, expected: 2 }));
    Ok(())
}

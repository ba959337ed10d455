//! The exam: bank, blueprint, draw, session, theory, practical, result, plan.

//! What clerks exchange: Excel rosters and certificate lists.

//! Policy and relationships: the one maker of Grant.

//! Terms of strings: the whole of it, and how it and its words start.

use super::{super::text::later_words, tag, tagged};

/// Shortest and longest start that has a term, in characters.
const SHORTEST: usize = 2;
const LONGEST: usize = 5;

pub(super) fn index(normal: &str, words: bool, emit: &mut impl FnMut(Vec<u8>)) {
    emit(tagged(tag::WHOLE, &[normal]));
    starts(normal, emit);
    if words {
        later_words(normal).for_each(|rest| starts(rest, emit));
    }
}

fn starts(text: &str, emit: &mut impl FnMut(Vec<u8>)) {
    for (at, (start, character)) in text.char_indices().take(LONGEST).enumerate() {
        if at + 1 >= SHORTEST
            && let Some(prefix) = text.get(..start + character.len_utf8())
        {
            emit(tagged(tag::START, &[prefix]));
        }
    }
}

/// The term of what a string must start with; `None` where that is too short to have one.
pub(super) fn query(normal: &str) -> Option<Vec<u8>> {
    let mut longest = None;
    starts(normal, &mut |term| longest = Some(term));
    longest
}

//! The tree against RFC 6962, and against another implementation of it.

use aws_lc_rs::digest::{Context, SHA256, digest};
use data_encoding::HEXLOWER;
use proptest::{collection::vec, prelude::*, sample::Index};
use ward_log::{Hash, LogError, Tree, leaf_hash, node_hash, proof};

/// The tree head as RFC 6962 2.1 defines it, word for word.
fn head(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash(digest(&SHA256, &[]).as_ref().try_into().unwrap()),
        [leaf] => *leaf,
        leaves => {
            let half = leaves.len().next_power_of_two() / 2;
            node_hash(&head(&leaves[..half]), &head(&leaves[half..]))
        }
    }
}

fn tree(leaves: &[Hash]) -> Tree {
    leaves.iter().copied().collect()
}

fn leaves(count: u64) -> Vec<Hash> {
    // Entry n is n bytes of n: the leaves that the other implementation was given.
    (0..count)
        .map(|seq| leaf_hash(seq, &vec![seq as u8; seq as usize]))
        .collect()
}

fn subtree(leaves: &[Hash]) -> impl Fn(std::ops::Range<u64>) -> Result<Hash, LogError> {
    |range| Ok(tree(&leaves[range.start as usize..range.end as usize]).root())
}

#[test]
fn a_leaf_is_what_rfc_6962_makes_of_place_and_bytes() {
    let data = [&[0][..], &7_u64.to_be_bytes(), b"sealed"].concat();
    let expected = digest(&SHA256, &data);
    assert_eq!(leaf_hash(7, b"sealed").0, expected.as_ref());
    assert_ne!(leaf_hash(7, b"sealed"), leaf_hash(8, b"sealed"));
}

#[test]
fn the_published_tree_of_certificate_transparency_has_its_published_head() {
    let data = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];
    let leaves = data.map(|hex| {
        let data = [&[0][..], &HEXLOWER.decode(hex.as_bytes()).unwrap()].concat();
        Hash(digest(&SHA256, &data).as_ref().try_into().unwrap())
    });
    let heads = [
        (
            0,
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
        (
            1,
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        ),
        (
            8,
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ),
    ];
    for (size, head) in heads {
        assert_eq!(tree(&leaves[..size]).root().to_string(), head);
    }
}

#[test]
fn every_head_is_that_of_the_definition() {
    let leaves = leaves(130);
    for size in 0..leaves.len() {
        assert_eq!(
            tree(&leaves[..size]).root(),
            head(&leaves[..size]),
            "{size}"
        );
    }
}

/// The two hashes were made by the crate `tlog_tiles` 0.2, from the same entries.
#[test]
fn another_implementation_makes_the_same_heads_and_proofs() {
    let leaves = leaves(70);
    let root = "f0b57ccbf056486e9b3fecd4233e90142ece02d5f1c0ab220f80e8dca97923f9";
    assert_eq!(tree(&leaves).root().to_string(), root);
    let mut proofs = Context::new(&SHA256);
    let mut add = |proof: Vec<Hash>| proof.iter().for_each(|hash| proofs.update(&hash.0));
    for size in 1..=70 {
        (0..size).for_each(|at| add(proof::inclusion(at, size, subtree(&leaves)).unwrap()));
        (1..=size).for_each(|old| add(proof::consistency(old, size, subtree(&leaves)).unwrap()));
    }
    let expected = "0b61b02241adc8a72a92a98d87387f0811b3c094cd25877eda7b2e58352f5c46";
    assert_eq!(HEXLOWER.encode(proofs.finish().as_ref()), expected);
}

#[test]
fn every_proof_proves_what_it_should_and_nothing_else() {
    let leaves = leaves(33);
    let roots: Vec<_> = (0..=33).map(|size| tree(&leaves[..size]).root()).collect();
    for size in 1..=33_u64 {
        let root = roots[size as usize];
        for at in 0..size {
            let proof = proof::inclusion(at, size, subtree(&leaves)).unwrap();
            for (place, leaf) in (0..).zip(&leaves[..size as usize]) {
                let verified = proof::verify_inclusion(*leaf, place, size, &proof, root);
                assert_eq!(verified.is_ok(), place == at, "{at} of {size} as {place}");
            }
            let leaf = leaves[at as usize];
            assert!(proof::verify_inclusion(leaf, at, size, &proof, roots[0]).is_err());
            assert!(proof::verify_inclusion(leaf, size, size, &proof, root).is_err());
        }
        for old in 0..=size {
            let proof = proof::consistency(old, size, subtree(&leaves)).unwrap();
            for (place, other) in (0..).zip(&roots[..=size as usize]).skip(1) {
                let verified = proof::verify_consistency(place, *other, size, root, &proof);
                // An empty proof speaks for the same tree as well as for the empty one.
                let proves = place == old || proof.is_empty() && place == size;
                assert_eq!(verified.is_ok(), proves, "{old} to {size} as {place}");
            }
        }
    }
    assert!(proof::verify_consistency(2, roots[2], 1, roots[1], &[]).is_err());
    assert!(proof::verify_consistency(0, roots[0], 0, roots[1], &[]).is_err());
}

proptest! {
    #[test]
    fn a_tree_reads_back_and_goes_on(count in 0_u64..300, more in 0_u64..50) {
        let leaves = leaves(count + more);
        let (old, new) = leaves.split_at(count as usize);
        let mut read = Tree::from_bytes(&tree(old).to_bytes()).unwrap();
        prop_assert_eq!(read.size(), count);
        for leaf in new {
            read.append(*leaf);
        }
        prop_assert_eq!(read, tree(&leaves));
    }

    #[test]
    fn a_bent_proof_is_refused(
        size in 2_u64..200,
        at in any::<Index>(),
        which in any::<Index>(),
        bit in 0..256_usize,
    ) {
        let leaves = leaves(size);
        let root = tree(&leaves).root();
        let at = at.index(size as usize);
        let bend = |proof: &mut Vec<Hash>| {
            let which = which.index(proof.len());
            proof[which].0[bit / 8] ^= 1 << (bit % 8);
        };
        let mut inclusion = proof::inclusion(at as u64, size, subtree(&leaves)).unwrap();
        bend(&mut inclusion);
        let verified = proof::verify_inclusion(leaves[at], at as u64, size, &inclusion, root);
        prop_assert_eq!(verified, Err(LogError::BadProof));
        inclusion.pop();
        prop_assert!(proof::verify_inclusion(leaves[at], at as u64, size, &inclusion, root).is_err());
        let old = at.max(1);
        let old_root = tree(&leaves[..old]).root();
        let mut consistency = proof::consistency(old as u64, size, subtree(&leaves)).unwrap();
        bend(&mut consistency);
        let verified =
            proof::verify_consistency(old as u64, old_root, size, root, &consistency);
        prop_assert_eq!(verified, Err(LogError::BadProof));
    }

    #[test]
    fn proofs_of_any_shape_are_refused_without_a_panic(
        numbers in any::<[u64; 2]>(),
        hashes in vec(any::<[u8; 32]>().prop_map(Hash), 0..70),
    ) {
        let [one, two] = numbers;
        let root = Hash([0; 32]);
        prop_assert!(proof::verify_inclusion(root, one, two, &hashes, root).is_err());
        let consistent = proof::verify_consistency(one, root, two, root, &hashes);
        prop_assert!(consistent.is_err() || hashes.is_empty() && (one == two || one == 0));
    }
}

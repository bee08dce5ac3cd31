"""What is said when the last job of a rule has finished."""

STAGES = {
    "make_demo": "the demo's photographs are here",
    "list_images": "photographs listed",
    "fetch_weights": "model files fetched",
    "embed_shard": "faces found and embedded",
    "import_index": "the existing index taken over",
    "extract_vector": "embeddings written",
    "extract_match": "closest people written",
    "build_index": "gallery made searchable",
    "audit_gallery": "gallery looked through",
    "evaluate_gallery": "threshold measured on the gallery",
    "match_shard": "faces compared with the gallery",
    "tabulate_images": "images counted",
    "score_matches": "people scored",
    "build_report": "report written",
    "fetch_names": "names fetched",
    "forget": "forgotten",
    "delete_results": "results deleted",
}

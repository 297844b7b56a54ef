"""One vector store of others', run by a Python that has it: nothing of Naru's is imported here.

`python peers_run.py NAME FILE`: FILE is JSON with the server's address, the texts and their vectors, and the vectors of
the questions. Prints JSON: how long loading took, what each question found, and in how many ms.
"""

import json
import sys
from importlib import import_module
from time import perf_counter
from typing import Any

BEST = 10


def langchain(given: dict[str, Any]) -> tuple[float, list[list[str]], list[float]]:
    module = import_module("langchain_postgres")
    embeddings = import_module("langchain_core.embeddings").FakeEmbeddings(size=given["dimensions"])
    engine = module.PGEngine.from_connection_string(url=given["psycopg"])
    engine.init_vectorstore_table("langchain_passages", given["dimensions"])
    store = module.PGVectorStore.create_sync(engine, embeddings, "langchain_passages")
    began = perf_counter()
    store.add_embeddings(given["texts"], given["vectors"], metadatas=[{"n": n} for n in range(len(given["texts"]))])
    loaded = perf_counter() - began

    def ask(vector: list[float]) -> list[str]:
        found = store.similarity_search_with_score_by_vector(vector, k=BEST)
        return [document.metadata["n"] for document, _ in found]

    return loaded, *_asked(given, ask)


def llama_index(given: dict[str, Any]) -> tuple[float, list[list[str]], list[float]]:
    schema = import_module("llama_index.core.schema")
    vector_stores = import_module("llama_index.core.vector_stores")
    module = import_module("llama_index.vector_stores.postgres")
    store = module.PGVectorStore.from_params(
        connection_string=given["psycopg2"],
        async_connection_string=given["asyncpg"],
        table_name="passages",
        embed_dim=given["dimensions"],
    )
    nodes = [
        schema.TextNode(text=text, embedding=vector, metadata={"n": n})
        for n, (text, vector) in enumerate(zip(given["texts"], given["vectors"], strict=True))
    ]
    began = perf_counter()
    store.add(nodes)
    loaded = perf_counter() - began

    def ask(vector: list[float]) -> list[str]:
        query = vector_stores.VectorStoreQuery(query_embedding=vector, similarity_top_k=BEST)
        return [node.metadata["n"] for node in store.query(query).nodes]

    return loaded, *_asked(given, ask)


def _asked(given: dict[str, Any], ask: Any) -> tuple[list[list[str]], list[float]]:
    found, ms = [], []
    for vector in given["questions"]:
        began = perf_counter()
        found.append(ask(vector))
        ms.append((perf_counter() - began) * 1000)
    return found, ms


if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8") as file:
        said = json.load(file)
    loaded_s, numbers, times = {"langchain-postgres": langchain, "llama-index": llama_index}[sys.argv[1]](said)
    print(json.dumps({"loaded_s": loaded_s, "found": numbers, "ms": times}))

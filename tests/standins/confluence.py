"""Confluence on loopback, as Cloud (REST v2, and v1 beside it) or Data Center (v1), as its API is documented."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.standins.rest import Rest, Told


@dataclass
class Page:
    """users, groups: of its own read restriction; none: it has none."""

    id: str
    space: str
    title: str
    body: str = "<p>연차는 15일이다.</p>"
    version: int = 1
    parent: str = ""
    parent_type: str = "page"
    kind: str = "page"
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    status: str = "current"
    owner: str = "u-kim"


@dataclass
class File:
    id: str
    page: str
    title: str
    content: bytes
    type: str = "text/plain"
    version: int = 1
    download: str = ""


@dataclass
class User:
    id: str
    name: str
    email: str = ""


@dataclass
class State:
    """groups: id -> members' ids; a group is called what it is. admitted: space -> (kind, id) that may read it.
    page_size: of every listing. folders: id -> the id of what is above, "" for none."""

    spaces: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    closed_folders: set[str] = field(default_factory=set)
    page_size: int = 2
    forgetful_search: bool = False
    type: str = "known"

    def add(self, *pages: Page) -> None:
        self.pages |= {page.id: page for page in pages}

    def current(self, space: str, kind: str) -> list[Page]:
        return [one for one in self.pages.values() if (one.space, one.kind, one.status) == (space, kind, "current")]


class _Confluence(Rest):
    def __init__(self, state: State, authorization: str) -> None:
        super().__init__(authorization)
        self.state = state
        self.media = ""

    def _slice(self, found: Sequence[Any], start: int, limit: str) -> list[Any]:
        return list(found[start : start + min(self.state.page_size, int(limit or 25))])

    def _by_start(self, request: web.Request, found: Sequence[Any]) -> Told:
        start = int(request.query.get("start", 0))
        part = self._slice(found, start, request.query.get("limit", "25"))
        more = start + len(part) < len(found)
        links = {"next": f"/rest/api/next?start={start + len(part)}"} if more else {}
        return {"results": part, "start": start, "size": len(part), "_links": links}

    def _restrictions(self, page: Page, start: int = 0, limit: int = 200) -> Told:
        users = [self._user(self.state.users.get(id, User(id, id))) for id in page.users[start : start + limit]]
        groups = [self._group(id) for id in page.groups[start : start + limit]]
        return {
            kind: {"results": found, "start": start, "limit": limit, "size": len(found)}
            for kind, found in (("user", users), ("group", groups))
        }

    def _user(self, user: User) -> Told:
        raise NotImplementedError

    def _group(self, id: str) -> Told:
        raise NotImplementedError

    def _restriction(self, request: web.Request, id: str) -> Told | None:
        if id in self.state.folders and id not in self.state.closed_folders:
            page = Page(id, "", "")
        elif id in self.state.pages:
            page = self.state.pages[id]
        else:
            return None
        start, limit = int(request.query.get("start", 0)), int(request.query.get("limit", 100))
        return {"operation": "read", "restrictions": self._restrictions(page, start, limit)}


class Cloud(_Confluence):
    """media: where downloads lead to."""

    def __init__(self, state: State, email: str = "bot@corp.example", token: str = "t0") -> None:
        super().__init__(state, f"Basic {b64encode(f'{email}:{token}'.encode()).decode()}")

    def _user(self, user: User) -> Told:
        return {"type": "known", "accountId": user.id, "email": user.email, "publicName": user.name}

    def _group(self, id: str) -> Told:
        return {"type": "group", "name": f"{id}-name", "id": id}

    def _by_cursor(self, request: web.Request, found: Sequence[Any]) -> Told:
        start = int(request.query.get("cursor", "c=0").removeprefix("c="))
        part = self._slice(found, start, request.query.get("limit", "25"))
        more = start + len(part) < len(found)
        links = {"next": f"{request.path}?limit=9&cursor=c%3D{start + len(part)}"} if more else {}
        return {"results": part, "_links": {"base": "https://corp.example/wiki", **links}}

    async def answer(self, request: web.Request) -> Told | web.StreamResponse | None:
        path, state = request.path.removeprefix("/wiki"), self.state
        if path == "/rest/api/user/current":
            return {"type": state.type}
        if path == "/api/v2/spaces":
            return self._by_cursor(request, [{"id": f"9{n}", "key": key} for n, key in enumerate(state.spaces)])
        if found := re.fullmatch(r"/api/v2/spaces/9(\d+)/(pages|blogposts|permissions)", path):
            space = list(state.spaces)[int(found[1])]
            if found[2] == "permissions":
                return self._by_cursor(request, [_permission(n, *one) for n, one in enumerate(state.spaces[space])])
            kind = {"pages": "page", "blogposts": "blogpost"}[found[2]]
            return self._by_cursor(request, [self._page(one) for one in state.current(space, kind)])
        if path == "/rest/api/content/search":
            return self._by_cursor(request, self._searched(request.query["cql"]))
        if path == "/api/v2/attachments":
            shown = [one for one in state.files.values() if state.pages[one.page].status == "current"]
            return self._by_cursor(request, [self._file(one) for one in shown])
        if path == "/api/v2/users-bulk":
            asked = (await request.json())["accountIds"]
            if "" in asked:
                return web.json_response({"errors": []}, status=400)
            return {"results": [_account(state.users[id]) for id in asked if id in state.users]}
        return self._one(request, path)

    def _one(self, request: web.Request, path: str) -> Told | web.StreamResponse | None:
        state = self.state
        if found := re.fullmatch(r"/api/v2/(pages|blogposts)/(\w+)", path):
            page = state.pages.get(found[2])
            if page is None:
                return None
            storage = {"storage": {"value": page.body, "representation": "storage"}}
            return {**self._page(page), "status": page.status, "body": storage}
        if found := re.fullmatch(r"/api/v2/folders/(\w+)", path):
            above = state.folders.get(found[1])
            parent = {"parentId": above, "parentType": "folder" if above in state.folders else "page"}
            return None if above is None else {"id": found[1], **(parent if above else {"parentId": None})}
        if found := re.fullmatch(r"/rest/api/content/(\w+)/restriction/byOperation/read", path):
            return self._restriction(request, found[1])
        if found := re.fullmatch(r"/rest/api/content/\w+/child/attachment/(\w+)/download", path):
            version = request.query.get("version", state.files[found[1]].version)
            there = f"{self.media}/file/{found[1]}?version={version}&token=signed"
            return web.Response(status=302, headers={"Location": there})
        if found := re.fullmatch(r"/rest/api/group/([\w-]+)/membersByGroupId", path):
            members = state.groups.get(found[1])
            return None if members is None else self._by_start(request, [self._user(state.users[id]) for id in members])
        if path == "/rest/api/group/by-id":
            return self._group(request.query["id"])
        return None

    def _page(self, page: Page) -> Told:
        return {
            "id": page.id,
            "title": page.title,
            "parentId": page.parent or None,
            "parentType": page.parent_type if page.parent else None,
            "ownerId": page.owner,
            "version": {"number": page.version, "createdAt": "2026-11-20T01:02:03.000Z"},
            "_links": {"webui": f"/spaces/{page.space}/pages/{page.id}"},
        }

    def _searched(self, cql: str) -> list[Told]:
        space = re.search(r'space = "([^"]+)"', cql)
        assert space is not None
        if self.state.forgetful_search:
            return []
        pages = (*self.state.current(space[1], "page"), *self.state.current(space[1], "blogpost"))
        return [{"id": one.id, "restrictions": {"read": {"restrictions": self._restrictions(one)}}} for one in pages]

    def _file(self, file: File) -> Told:
        return {
            "id": file.id,
            "title": file.title,
            "pageId": file.page,
            "mediaType": file.type,
            "version": {"number": file.version, "createdAt": "2026-11-21T01:02:03.000Z"},
            "_links": {"webui": f"/pages/viewpageattachments.action?pageId={file.page}"},
        }


class DataCenter(_Confluence):
    def __init__(self, state: State, token: str = "t0") -> None:
        super().__init__(state, f"Bearer {token}")

    def _user(self, user: User) -> Told:
        return {"type": "known", "userKey": user.id, "username": user.id.removeprefix("u-"), "displayName": user.name}

    def _group(self, id: str) -> Told:
        return {"type": "group", "name": id}

    async def answer(self, request: web.Request) -> Told | web.StreamResponse | None:
        path, query, state = request.path, request.query, self.state
        if path == "/rest/api/user/current":
            return {"type": state.type}
        if path == "/rest/api/space":
            return self._by_start(request, [{"id": n, "key": key} for n, key in enumerate(state.spaces)])
        if found := re.fullmatch(r"/rest/api/space/(\w+)/permissions", path):
            return web.json_response([_granted(*one) for one in state.spaces[found[1]]])
        if path == "/rest/api/content":
            return self._by_start(request, [self._page(p) for p in state.current(query["spaceKey"], query["type"])])
        if found := re.fullmatch(r"/rest/api/content/(\w+)/restriction/byOperation/read", path):
            return self._restriction(request, found[1])
        if found := re.fullmatch(r"/rest/api/content/(\w+)", path):
            page = state.pages.get(found[1])
            body = {"body": {"storage": {"value": page.body}}} if page else {}
            return None if page is None else {**self._page(page), **body, "status": page.status}
        if found := re.fullmatch(r"/rest/api/group/([^/]+)/member", path):
            members = state.groups.get(found[1])
            return None if members is None else self._by_start(request, [self._user(state.users[id]) for id in members])
        if path == "/rest/api/user":
            return self._user(state.users[query["key"]])
        if found := re.fullmatch(r"/download/attachments/\w+/(\w+)", path):
            return web.Response(body=state.files[found[1]].content)
        return None

    def _page(self, page: Page) -> Told:
        files = [self._file(one) for one in self.state.files.values() if one.page == page.id]
        return {
            "id": page.id,
            "title": page.title,
            "version": {"number": page.version, "when": "2026-11-20T01:02:03.000+09:00"},
            "ancestors": self._ancestors(page),
            "history": {"createdBy": self._user(self.state.users.get(page.owner, User(page.owner, "")))},
            "restrictions": {"read": {"restrictions": self._restrictions(page)}},
            "children": {"attachment": {"results": files, "size": len(files)}},
            "_links": {"webui": f"/display/{page.space}/{page.id}"},
        }

    def _ancestors(self, page: Page) -> list[Told]:
        above = self.state.pages.get(page.parent)
        return [] if above is None else [*self._ancestors(above), {"id": above.id, "title": above.title}]

    def _file(self, file: File) -> Told:
        return {
            "id": file.id,
            "title": file.title,
            "metadata": {"mediaType": file.type},
            "version": {"number": file.version, "when": "2026-11-21T01:02:03.000+09:00"},
            "_links": {
                "download": file.download or f"/download/attachments/{file.page}/{file.id}",
                "webui": f"/x/{file.id}",
            },
        }


def _permission(number: int, kind: str, id: str) -> Told:
    operation = {"key": "read", "targetType": "space"}
    return {"id": str(number), "principal": {"type": kind, "id": id}, "operation": operation}


def _granted(kind: str, id: str) -> Told:
    subject = {"user": {"userKey": id}, "group": {"name": id}, "anonymous": {}}[kind]
    return {"operation": {"targetType": "space", "operationKey": "read"}, "subject": {"type": kind, **subject}}


def _account(user: User) -> Told:
    return {"accountId": user.id, "displayName": user.name, "email": user.email}

"""Why something asked for is not given: a sentence for people, a status for programs."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from visage.errors import VisageError


class Problem(Exception):
    """Why there is no answer: a sentence for the user, and the HTTP status that says it."""

    def __init__(self, status: int, text: str) -> None:
        """Keep both; the message is the sentence."""
        super().__init__(text)
        self.status = status


def handle_problems(app: FastAPI) -> None:
    """Answer with the sentence in `detail`; old clients read `performers` whatever the status."""

    @app.exception_handler(Problem)
    async def problem(_: Request, problem: Problem) -> JSONResponse:
        return _answer(problem.status, str(problem))

    @app.exception_handler(VisageError)
    async def own(_: Request, problem: VisageError) -> JSONResponse:
        return _answer(503, str(problem))

    @app.exception_handler(HTTPException)
    async def framework(_: Request, problem: HTTPException) -> JSONResponse:
        return _answer(problem.status_code, str(problem.detail))


def _answer(status: int, text: str) -> JSONResponse:
    return JSONResponse({"detail": text, "performers": []}, status)

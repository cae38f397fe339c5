package ai.coreason.enclave.web.problem;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.job.JobRefused;
import ai.coreason.enclave.overseer.load.Busy;
import ai.coreason.enclave.overseer.round.UploadRefused;
import ai.coreason.enclave.overseer.vault.Vault;
import ai.coreason.enclave.sentry.contract.ProblemType;
import jakarta.ejb.EJBException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.UUID;

/** Turns every exception into a problem. What nobody expected is logged under a number and shown as that number only. */
@Provider
public class ProblemMapper implements ExceptionMapper<Throwable> {
    private static final Logger LOG = System.getLogger(ProblemMapper.class.getName());

    @Override
    public Response toResponse(Throwable thrown) {
        Throwable e = cause(thrown);
        if (e instanceof InvalidDocument invalid) {
            return Problem.response(ProblemType.INVALID_DOCUMENT, invalid.getMessage(), invalid.field());
        }
        if (e instanceof JobRefused refused) {
            return Problem.response(
                    switch (refused.kind()) {
                        case BUDGET -> ProblemType.BUDGET_REFUSED;
                        case DICTIONARY -> ProblemType.DICTIONARIES_DIFFER;
                        case CONFLICT -> ProblemType.CONFLICTING_REPEAT;
                        case STATE -> ProblemType.ILLEGAL_STATE;
                    },
                    refused.getMessage());
        }
        if (e instanceof UploadRefused refused) {
            return Problem.response(
                    switch (refused.kind()) {
                        case NOT_INVITED -> ProblemType.FORBIDDEN;
                        case CLOSED -> ProblemType.ILLEGAL_STATE;
                        case OTHER_BYTES -> ProblemType.CONFLICTING_REPEAT;
                    },
                    refused.getMessage());
        }
        if (e instanceof Busy busy) {
            return Problem.later(busy.getMessage(), busy.retryAfterSeconds());
        }
        if (e instanceof Vault.TooLarge large) {
            return Problem.response(ProblemType.TOO_LARGE, "body: " + large.getMessage());
        }
        if (e instanceof WebApplicationException web) {
            return web(web);
        }
        String number = UUID.randomUUID().toString();
        LOG.log(Level.ERROR, "request.failed incident=" + number, e);
        return Problem.response(
                ProblemType.INTERNAL, "the Overseer failed; its log has the reason under incident " + number);
    }

    private static Response web(WebApplicationException e) {
        if (e.getResponse().hasEntity()) {
            return e.getResponse();
        }
        int status = e.getResponse().getStatus();
        return Problem.response(type(status), status, detail(status), "");
    }

    static ProblemType type(int status) {
        return switch (status) {
            case 401 -> ProblemType.UNAUTHENTICATED;
            case 403 -> ProblemType.FORBIDDEN;
            case 404, 405 -> ProblemType.NOT_FOUND;
            case 413 -> ProblemType.TOO_LARGE;
            case 415, 406 -> ProblemType.UNSUPPORTED_TYPE;
            case 503 -> ProblemType.UNAVAILABLE;
            default -> status < 500 ? ProblemType.INVALID_DOCUMENT : ProblemType.INTERNAL;
        };
    }

    static String detail(int status) {
        return switch (status) {
            case 401 -> Unauthenticated.DETAIL;
            case 403 ->
                "Authorization: expected a token with a role that the API description names for this, got another";
            case 404 -> "address: expected one of the API description, got another";
            case 405 -> "method: expected one that this address takes, as the API description lists, got another";
            case 406 -> "Accept: expected one that allows what this address answers with, got another";
            case 415 ->
                "Content-Type: expected the one that the API description names, mostly application/json, got another";
            default -> "expected a request as the API description has it, got another";
        };
    }

    private static Throwable cause(Throwable thrown) {
        Throwable e = thrown;
        while (e instanceof EJBException && e.getCause() != null) {
            e = e.getCause();
        }
        return e;
    }
}

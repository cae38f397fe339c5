package ai.coreason.enclave.web.problem;

import ai.coreason.enclave.sentry.contract.ProblemType;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.IOException;

/** Gives the container's own answer to a call without a valid token, which has no body, the body of a problem. */
@WebFilter(
        urlPatterns = "/*",
        asyncSupported = true,
        dispatcherTypes = {DispatcherType.REQUEST, DispatcherType.ASYNC})
public class Unauthenticated extends HttpFilter {
    private static final long serialVersionUID = 1L;

    /** How a caller shows who it is (RFC 6750, section 3). */
    public static final String CHALLENGE = "Bearer realm=\"coreason-enclave\"";

    /** What is said to one who does not. */
    public static final String DETAIL = "Authorization: expected a valid token of the federation's issuer, got none";

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        chain.doFilter(request, response);
        boolean bare = response.getStatus() == HttpServletResponse.SC_UNAUTHORIZED
                && response.getContentType() == null
                && !response.isCommitted()
                && !request.isAsyncStarted();
        if (bare) {
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, CHALLENGE);
            Problem.write(response, ProblemType.UNAUTHENTICATED, DETAIL);
        }
    }
}

package ai.coreason.enclave.web.problem;

import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.sentry.contract.ProblemType;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Gives the container's own answer to a call without a valid token, which has no body, the body of a problem. */
@WebFilter(
        urlPatterns = "/*",
        asyncSupported = true,
        dispatcherTypes = {DispatcherType.REQUEST, DispatcherType.ASYNC})
public class Unauthenticated extends HttpFilter {
    private static final long serialVersionUID = 1L;

    static final String DETAIL = "Authorization: expected a valid token of the federation's issuer, got none";

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        chain.doFilter(request, response);
        boolean bare = response.getStatus() == HttpServletResponse.SC_UNAUTHORIZED
                && response.getContentType() == null
                && !response.isCommitted()
                && !request.isAsyncStarted();
        if (bare) {
            byte[] body = Json.write(Problem.json(ProblemType.UNAUTHENTICATED, 401, DETAIL, ""));
            response.setContentType(Problem.MEDIA_TYPE);
            response.setContentLength(body.length);
            response.getOutputStream().write(body);
        }
    }
}

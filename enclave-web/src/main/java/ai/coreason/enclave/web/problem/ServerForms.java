package ai.coreason.enclave.web.problem;

import ai.coreason.enclave.sentry.contract.ProblemType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Shuts the forms for login and logout that the server has in every application; nobody logs in here by a form. */
@WebFilter(
        urlPatterns = {"/j_security_check", "/ibm_security_logout"},
        asyncSupported = true)
public class ServerForms extends HttpFilter {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException {
        Problem.write(response, ProblemType.NOT_FOUND, ProblemMapper.detail(ProblemType.NOT_FOUND.status()));
    }
}

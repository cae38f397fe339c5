package ai.coreason.enclave.web.metrics;

import ai.coreason.enclave.overseer.token.UserTokens;
import ai.coreason.enclave.web.Roles;
import ai.coreason.enclave.web.problem.Problem;
import ai.coreason.enclave.web.security.Refusal;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/** Gives the figures to operators, by their token. */
@WebServlet("/metrics")
public class MetricsServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Set<String> ROLES = Set.of(Roles.OPERATOR);

    @Inject
    private transient UserTokens tokens;

    @Inject
    private transient Meters meters;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Optional<Refusal> refusal =
                Refusal.of(tokens.judge(Optional.ofNullable(request.getHeader(HttpHeaders.AUTHORIZATION))), ROLES);
        if (refusal.isPresent()) {
            refusal.get().challenge().ifPresent(c -> response.setHeader(HttpHeaders.WWW_AUTHENTICATE, c));
            Problem.write(response, refusal.get().type(), refusal.get().detail());
            return;
        }
        byte[] text = meters.text().getBytes(StandardCharsets.UTF_8);
        response.setContentType("text/plain; version=0.0.4; charset=utf-8");
        response.setContentLength(text.length);
        response.getOutputStream().write(text);
    }
}

package ai.coreason.enclave.web.problem;

import ai.coreason.enclave.sentry.contract.ProblemType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Answers for the container where it refuses a request by itself: with a problem, and nothing of its own words. */
@WebServlet("/problem")
public class ContainerRefusals extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Object told = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        int status = told instanceof Integer code ? code : HttpServletResponse.SC_NOT_FOUND;
        ProblemType type = ProblemMapper.type(status);
        Problem.write(response, type, status, ProblemMapper.detail(status));
    }
}

package ai.coreason.enclave.web.gate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DownloadTest {
    @ParameterizedTest
    @CsvSource({
        "GET,/api/v1/jobs/a/model,true",
        "GET,/api/v1/jobs/a/model/,true",
        "GET,/api/v1/jobs/a/rounds/3/model,true",
        "HEAD,/api/v1/jobs/a/model,false",
        "GET,/api/v1/jobs/a/rounds,false",
        "GET,/api/v1/jobs/model,false",
        "PUT,/api/v1/jobs/a/rounds/3/updates/n,false"
    })
    void is_models_areDownloads(String method, String path, boolean download) {
        assertThat(Download.is(method, path)).isEqualTo(download);
    }
}

package ai.coreason.enclave.sentry.data.format;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.privacy.ledger.PrivacyUnit;
import ai.coreason.enclave.sentry.data.schema.Findings;
import ai.coreason.enclave.sentry.data.schema.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A safetensors file.
 *
 * @param layout its tensors
 */
public record TensorFile(Tensors layout) implements RecordFormat {
    /** Reads the member {@code tensors} of a resource. */
    static TensorFile read(JsonFields f) {
        return new TensorFile(Tensors.read(f));
    }

    @Override
    public Findings read(List<Path> files, RecordSink sink) throws IOException {
        TensorReader.Checked checked = TensorReader.read(files.get(0), layout);
        if (checked.findings().clean()) {
            sink.tensors(checked.file());
        }
        return checked.findings();
    }

    @Override
    public void requireUnit(PrivacyUnit unit, String path) {
        if (!unit.column().isEmpty() && !layout.numbersUnits(unit.column())) {
            throw InvalidDocument.at(
                    path + ".column", "a tensor of dtype I64, I32 or U8 and shape [null]", unit.column());
        }
    }

    @Override
    public boolean compressible() {
        return false;
    }

    /** Copies of the file's elements as they are encoded. */
    @Override
    public int memoryPerByte() {
        return 12;
    }
}

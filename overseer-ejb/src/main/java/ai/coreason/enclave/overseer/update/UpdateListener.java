package ai.coreason.enclave.overseer.update;

import jakarta.ejb.MessageDriven;
import jakarta.inject.Inject;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageListener;
import jakarta.jms.TextMessage;

/**
 * Takes claim checks from the queue. What the update deserves is settled in one transaction with the message; an error of
 * the Overseer itself gives the message back, and after three times it goes to the dead-letter queue.
 */
@MessageDriven(name = "UpdateListener")
public class UpdateListener implements MessageListener {
    @Inject
    private UpdateAdmission admission;

    @Override
    public void onMessage(Message message) {
        try {
            admission.judge(ClaimCheck.parse(((TextMessage) message).getText()));
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
    }
}

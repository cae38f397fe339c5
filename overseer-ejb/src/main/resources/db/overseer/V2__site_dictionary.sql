CREATE TABLE site_dictionary (
    dictionary_key VARCHAR(200) NOT NULL PRIMARY KEY,
    fields_json ${text} NOT NULL,
    version BIGINT
);

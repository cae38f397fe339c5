// Judgements of attestation evidence a second on one core, by go-sev-guest and go-tdx-guest.
//
// usage: bench KIND FOLDER SECONDS, where KIND is snp-genuine, snp-strict, tdx-genuine or tdx-strict
package main

import (
	"encoding/pem"
	"fmt"
	"log"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	sevabi "github.com/google/go-sev-guest/abi"
	"github.com/google/go-sev-guest/kds"
	spb "github.com/google/go-sev-guest/proto/sevsnp"
	sevvalidate "github.com/google/go-sev-guest/validate"
	sevverify "github.com/google/go-sev-guest/verify"
	tdxabi "github.com/google/go-tdx-guest/abi"
	tdxvalidate "github.com/google/go-tdx-guest/validate"
	tdxverify "github.com/google/go-tdx-guest/verify"
)

func main() {
	runtime.GOMAXPROCS(1)
	if len(os.Args) != 4 {
		log.Fatal("usage: bench KIND FOLDER SECONDS")
	}
	seconds, err := strconv.ParseFloat(os.Args[3], 64)
	must(err)
	var judge func() error
	switch os.Args[1] {
	case "snp-genuine":
		judge = snp(os.Args[2], false)
	case "snp-strict":
		judge = snp(os.Args[2], true)
	case "tdx-genuine":
		judge = tdx(os.Args[2], false)
	case "tdx-strict":
		judge = tdx(os.Args[2], true)
	default:
		log.Fatalf("kind: got %q", os.Args[1])
	}
	run(judge, seconds/4)
	fmt.Printf("%.1f\n", run(judge, seconds))
}

func run(judge func() error, seconds float64) float64 {
	start := time.Now()
	count := 0
	for time.Since(start).Seconds() < seconds {
		must(judge())
		count++
	}
	return float64(count) / time.Since(start).Seconds()
}

func snp(folder string, strict bool) func() error {
	raw := read(folder, "report.bin")
	ask, rest := pem.Decode(read(folder, "chain.pem"))
	ark, _ := pem.Decode(rest)
	chain := &spb.CertificateChain{VcekCert: read(folder, "vek.der"), AskCert: ask.Bytes, ArkCert: ark.Bytes}
	vmpl := 0
	policy := &sevvalidate.Options{
		GuestPolicy:               sevabi.SnpPolicy{ABIMajor: 0, ABIMinor: 31, SMT: true},
		PlatformInfo:              &sevabi.SnpPlatformInfo{SMTEnabled: true},
		PermitProvisionalFirmware: true,
		MinimumTCB:                kds.TCBParts{},
		VMPL:                      &vmpl,
	}
	return func() error {
		report, err := sevabi.ReportToProto(raw)
		if err != nil {
			return err
		}
		attestation := &spb.Attestation{Report: report, CertificateChain: chain}
		options := sevverify.DefaultOptions()
		options.DisableCertFetching = true
		options.Now = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		options.Product = &spb.SevProduct{Name: spb.SevProduct_SEV_PRODUCT_MILAN}
		if err := sevverify.SnpAttestation(attestation, options); err != nil || !strict {
			return err
		}
		return sevvalidate.SnpAttestation(attestation, policy)
	}
}

// files answers from memory what the verifier would ask Intel for.
type files struct {
	tcb, tcbChain, qe, qeChain, pckCrl, pckChain, rootCrl []byte
}

func (f *files) Get(address string) (map[string][]string, []byte, error) {
	switch {
	case strings.Contains(address, "/tcb?"):
		return header("Tcb-Info-Issuer-Chain", f.tcbChain), f.tcb, nil
	case strings.Contains(address, "/qe/identity"):
		return header("Sgx-Enclave-Identity-Issuer-Chain", f.qeChain), f.qe, nil
	case strings.Contains(address, "/pckcrl?"):
		return header("Sgx-Pck-Crl-Issuer-Chain", f.pckChain), f.pckCrl, nil
	default:
		return nil, f.rootCrl, nil
	}
}

func header(name string, chain []byte) map[string][]string {
	return map[string][]string{name: {string(chain)}}
}

func tdx(folder string, strict bool) func() error {
	raw := read(folder, "quote.bin")
	_, issuers := pem.Decode(read(folder, "pck_chain.pem"))
	collateral := &files{
		tcb:      read(folder, "tcb_info.json"),
		tcbChain: escaped(read(folder, "tcb_sign_chain.pem")),
		qe:       read(folder, "qe_identity.json"),
		qeChain:  escaped(read(folder, "qe_sign_chain.pem")),
		pckCrl:   read(folder, "pck_crl.der"),
		pckChain: escaped(issuers),
		rootCrl:  read(folder, "root_ca_crl.der"),
	}
	policy := &tdxvalidate.Options{}
	return func() error {
		quote, err := tdxabi.QuoteToProto(raw)
		if err != nil {
			return err
		}
		options := &tdxverify.Options{
			GetCollateral:    true,
			CheckRevocations: true,
			Getter:           collateral,
			Now:              time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC),
		}
		if err := tdxverify.TdxQuote(quote, options); err != nil || !strict {
			return err
		}
		return tdxvalidate.TdxQuote(quote, policy)
	}
}

func escaped(chain []byte) []byte {
	return []byte(url.QueryEscape(strings.TrimRight(string(chain), "\x00\n\r ") + "\n"))
}

func read(folder, name string) []byte {
	bytes, err := os.ReadFile(filepath.Join(folder, name))
	must(err)
	return bytes
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// Judgements of attestation evidence a second on one core, by go-sev-guest and go-tdx-guest.
//
// usage: bench KIND FOLDER SECONDS, where KIND is snp-genuine, snp-strict or tdx-alone
package main

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	sevabi "github.com/google/go-sev-guest/abi"
	"github.com/google/go-sev-guest/kds"
	spb "github.com/google/go-sev-guest/proto/sevsnp"
	sevvalidate "github.com/google/go-sev-guest/validate"
	sevverify "github.com/google/go-sev-guest/verify"
	tdxabi "github.com/google/go-tdx-guest/abi"
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
	case "tdx-alone":
		judge = tdx(os.Args[2])
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

// tdx judges a quote without collateral: go-tdx-guest 0.3.1 refuses TCB info with a FMSPC in capitals, as Intel writes it.
func tdx(folder string) func() error {
	raw := read(folder, "quote.bin")
	var root *pem.Block
	for block, rest := pem.Decode(read(folder, "pck_chain.pem")); block != nil; block, rest = pem.Decode(rest) {
		root = block
	}
	certificate, err := x509.ParseCertificate(root.Bytes)
	must(err)
	// The very root that is built in; without it a warning is written for each quote.
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	return func() error {
		quote, err := tdxabi.QuoteToProto(raw)
		if err != nil {
			return err
		}
		return tdxverify.TdxQuote(quote, &tdxverify.Options{
			Now:          time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC),
			TrustedRoots: roots,
		})
	}
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

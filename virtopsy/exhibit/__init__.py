"""What lies beside scans on a carrier: photographs, papers, sound, film, surface scans."""

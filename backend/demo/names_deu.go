package demo

import "strings"

var german = culture{
	code: "DEU", name: "Germany", organisation: "Deutsche Streitkräfte (fiktiv)",
	headquarters: "Einsatzführungsstab", firstFormation: 501,
	formations: []string{"Panzerbrigade", "Jägerbrigade", "Fernmeldebrigade", "Sanitätsbrigade", "Logistikbrigade"},
	battalion:  "Bataillon",
	given: strings.Fields(`Achim Adelheid Agnes Albrecht Andrea Anja Anke Annegret Antje Arndt Aylin Bärbel Beate Benedikt Bernd Björn Britta
		Burkhard Cäcilia Carsten Christoph Claudia Cornelia Dagmar Dennis Detlef Dörte Dunja Eberhard Eckart Elif Elke Emre Erik Esther
		Felix Finn Folkert Franziska Friederike Gabriele Gerlinde Gerrit Gesine Gisela Gökhan Götz Gudrun Günter Hannelore Hartmut Hauke
		Heike Heiner Helga Henrik Hildegard Holger Ilse Ingo Insa Jana Jannik Janosch Jörg Julia Jürgen Karin Käthe Katrin Kerstin Kübra
		Lars Leonie Levke Lothar Luise Lüder Magdalena Maike Malte Manuela Marlene Martina Matthias Meike Mirko Moritz Nele Niklas Nils
		Norbert Ole Ömer Petra Philipp Rainer Ralf Reinhild René Rüdiger Sabine Sascha Silke Sören Sönke Svenja Tamara Thorsten Tilmann
		Ulrike Ursula Ute Uwe Valentin Verena Volker Waltraud Wiebke Wilfried Wolfgang Yvonne Zeynep`),
	family: strings.Fields(`Ackermann Ahlers Albers Arnsberg Baumgärtner Behrens Bergmann Beyer Bieber Birkholz Blankenburg Böhme Böttcher
		Brandstätter Breitkopf Brömel Buchholz Bürger Carstensen Claußen Conradi Dahlmann Dierks Dörfler Drechsler Düsterhöft Ebeling
		Eggers Eickhoff Engelhardt Erdmann Fährmann Feddersen Fiedler Förster Freitag Fröhlich Fußwinkel Gärtner Gebhardt Gerstenberg
		Glöckner Göbel Gräfe Großkopf Großmann Grünwald Gülzow Habermann Hagedorn Hämmerling Hartwig Heßling Hinrichs Hölscher Höppner
		Hübscher Ihde Jäckel Jahnke Janßen Jürgens Kahlert Karstens Käfer Kästner Kellermann Kirchhoff Kißling Klöckner Knöfel Köhncke
		Köster Kraußold Kröger Krüger Kühnel Küster Lämmle Landgraf Langenfeld Leißner Lindemann Löffler Lohmann Lübbers Lüdecke Lüttich
		Mählmann Mangold Matthießen Meißner Mertens Meßmer Mittelstädt Möbius Möllers Mühlbauer Münch Nägele Naumann Niederhöfer Nöthen
		Oelßner Ohlendorf Osterkamp Paßmann Petersen Pfäffle Pöhlmann Prüfer Quast Rademacher Räder Rehbein Reißig Rössler Rückert Rüter
		Sänger Schäfer Schlüter Schmälzle Schönfeld Schröer Schünemann Schütt Seeßelberg Sievers Spörl Stöcker Störmer Strüver Süßmilch
		Tägtmeyer Teßmer Thöne Tönnies Trautmann Überall Uhlig Vößing Wächter Waßmuth Weißhaupt Wendt Wieland Wölfel Wörner Wübben
		Zängerle Ziegenbein Zöllner Zwingmann Aydoğan Çelebi Güneş Kaczmarczyk Nowottny Öztürkoğlu Şahinler Wiśniak`),
	ranks: []rank{
		{"Gefreiter", "", junior, 12}, {"Obergefreiter", "", junior, 12}, {"Hauptgefreiter", "", junior, 10}, {"Unteroffizier", "", senior, 8},
		{"Stabsunteroffizier", "", senior, 8}, {"Feldwebel", "", senior, 8}, {"Oberfeldwebel", "", senior, 7}, {"Hauptfeldwebel", "", senior, 7},
		{"Stabsfeldwebel", "", senior, 4}, {"Leutnant", "", officer, 4}, {"Oberleutnant", "", officer, 5}, {"Hauptmann", "", officer, 7},
		{"Major", "", staff, 5}, {"Oberstleutnant", "", staff, 4}, {"Oberst", "", general, 1}, {"Brigadegeneral", "", general, 1},
	},
	native: inGerman, english: inGerman,
	// The blocks that the regulator keeps free for film and books.
	phone: func(n uint64) string {
		return spread(n, 1000, "+49 30 23125###", "+49 69 90009###", "+49 40 66969###", "+49 221 4710###", "+49 89 99998###")
	},
	latin: func(s string) string {
		return plain(s, map[rune]string{'ä': "ae", 'ö': "oe", 'ü': "ue", 'Ä': "Ae", 'Ö': "Oe", 'Ü': "Ue"})
	},
}

var inGerman = language{
	soldiers: []string{"Bürosachbearbeiter %s", "Fachdienst %s", "Unterstützungskraft %s", "Bearbeiter %s"},
	officers: []string{"Stabsoffizier %s", "Sachbearbeiter %s", "Dezernent %s", "Verbindungsoffizier %s"},
	fields: map[string]string{
		"1": "Personal", "2": "Nachrichtenwesen", "3": "Operationen", "4": "Logistik", "5": "Planung", "6": "Führungsunterstützung",
		"7": "Ausbildung", "9": "Zivil-Militärische Zusammenarbeit",
	},
}
